package io.modelregistry.storm;

import io.modelregistry.registry.Editing;
import io.modelregistry.registry.ExpectedRevision;
import io.modelregistry.registry.ModelRegistry;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** Registries that forget what a caller demanded. */
final class ForgetfulRegistries {
    private ForgetfulRegistries() {}

    /** A registry that makes an edit whatever revision was expected. */
    static ModelRegistry droppingTheExpectedRevision(ModelRegistry registry) {
        return proxy(ModelRegistry.class, (self, method, arguments) -> {
            Object result = invoke(registry, method, arguments);
            return result instanceof Editing editing ? dropping(editing) : result;
        });
    }

    private static Editing dropping(Editing editing) {
        return proxy(Editing.class, (self, method, arguments) -> {
            Object[] changed = arguments.clone();
            for (int i = 0; i < changed.length; i++) {
                if (changed[i] instanceof ExpectedRevision) {
                    changed[i] = ExpectedRevision.any();
                }
            }
            return invoke(editing, method, changed);
        });
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
