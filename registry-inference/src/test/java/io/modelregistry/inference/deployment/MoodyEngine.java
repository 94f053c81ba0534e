package io.modelregistry.inference.deployment;

import io.modelregistry.inference.Tensors;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets versions of a {@link ScriptedProvider} misbehave by chance: they throw, run out of memory, answer in the wrong
 * shape, take long, or hang until {@link #calm}. What they throw says {@value #TOLD}.
 */
final class MoodyEngine {
    static final String TOLD = "told to fail";
    private static final int MOST_HANGING = 6;

    private final CountDownLatch release = new CountDownLatch(1);
    private final Semaphore hanging = new Semaphore(MOST_HANGING);
    private volatile boolean isCalm;

    void rule(ScriptedProvider engine, int majors) {
        for (int major = 1; major <= majors; major++) {
            float more = major;
            engine.behave("m:" + major + ".0.0", in -> compute(in, more));
            engine.onLoad("m:" + major + ".0.0", this::load);
        }
    }

    /** Behaves from now on, and lets those go that hang. */
    void calm() {
        isCalm = true;
        release.countDown();
    }

    private Tensors compute(Tensors in, float more) {
        int mood = isCalm ? 1_000 : ThreadLocalRandom.current().nextInt(1_000);
        if (mood < 40) {
            fail(mood);
        } else if (mood < 50) {
            return Tensors.of("y", new float[] {more});
        } else if (mood < 80) {
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(20_000_000));
        } else if (mood < 83 && !Thread.currentThread().getName().startsWith("client")) {
            hang();
        }
        return ScriptedProvider.add(in, more);
    }

    private void load() {
        int mood = isCalm ? 1_000 : ThreadLocalRandom.current().nextInt(1_000);
        if (mood < 100) {
            fail(mood % 40);
        } else if (mood < 150) {
            hang();
        } else if (mood < 300) {
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(300_000_000));
        }
    }

    private static void fail(int mood) {
        switch (mood % 4) {
            case 0 -> throw new OutOfMemoryError(TOLD);
            case 1 -> throw new StackOverflowError(TOLD);
            case 2 -> throw new LinkageError(TOLD);
            default -> throw new IllegalStateException(TOLD);
        }
    }

    /** Hangs as a native call does, which no interrupt ends. */
    private void hang() {
        if (!hanging.tryAcquire()) {
            return;
        }
        boolean interrupted = false;
        while (release.getCount() > 0) {
            LockSupport.parkNanos(50_000_000);
            interrupted |= Thread.interrupted();
        }
        hanging.release();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
