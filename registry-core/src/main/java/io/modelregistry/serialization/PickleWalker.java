package io.modelregistry.serialization;

import io.modelregistry.serialization.PickleValue.Called;
import io.modelregistry.serialization.PickleValue.Dictionary;
import io.modelregistry.serialization.PickleValue.Global;
import io.modelregistry.serialization.PickleValue.Text;
import io.modelregistry.serialization.PickleValue.Whole;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Follows the instructions of one pickle (protocols 0 to 5, Python's {@code pickletools}) without carrying any of them
 * out.
 *
 * <p>A pickle is a program for a stack machine. This runs it on placeholders: nothing is imported, created or called;
 * what would be imported is written down. The arrays that joblib puts raw between the instructions are stepped over by
 * their shape and type.
 */
final class PickleWalker {
    private static final int MAX_NESTING = 3;
    private static final Pattern INTEGER = Pattern.compile("-?\\d{1,18}");
    private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9.]+([eE][-+]?\\d+)?|-?inf|nan|\\d+L?|-\\d+L?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");

    private final ByteSource bytes;
    private final PickleInput in;
    private final PickleContents contents;
    private final int nesting;
    private final PickleStack stack = new PickleStack();
    private boolean textual = true;

    private PickleWalker(ByteSource bytes, long start, PickleContents contents, int nesting) {
        this.bytes = bytes;
        this.in = new PickleInput(bytes, start);
        this.contents = contents;
        this.nesting = nesting;
    }

    /** Follows the pickle that begins at an offset, and gives the offset behind it. */
    static long walk(ByteSource bytes, long start, PickleContents contents) throws IOException, BrokenPickleException {
        return new PickleWalker(bytes, start, contents, 0).walk();
    }

    private long walk() throws IOException, BrokenPickleException {
        boolean goesOn = true;
        while (goesOn) {
            contents.countInstruction();
            int instruction = in.next();
            goesOn = instruction < 0x80 ? classic(instruction) : binary(instruction);
        }
        return in.at();
    }

    /** Protocols 0 and 1, and the two of protocol 3; false at the end. */
    private boolean classic(int instruction) throws IOException, BrokenPickleException {
        switch (instruction) {
            case '.' -> {
                contents.result(stack.pop());
                return false;
            }
            case '(' -> stack.push(PickleValue.MARK);
            case '0' -> stack.drop();
            case '1' -> stack.popGroup(0);
            case '2' -> stack.push(stack.top());
            case 'N', ']' -> stack.push(PickleValue.OTHER);
            case '}' -> stack.push(new Dictionary());
            case ')' -> stack.push(stack.popTuple(0));
            case 't' -> stack.push(stack.popTuple());
            case 'l' -> {
                stack.popGroup(0);
                stack.push(PickleValue.OTHER);
            }
            case 'd' -> {
                Dictionary dictionary = new Dictionary();
                putAll(dictionary, stack.popGroup(128));
                stack.push(dictionary);
            }
            case 'a' -> {
                stack.pop();
                stack.top();
            }
            case 'e' -> {
                stack.popGroup(0);
                stack.top();
            }
            case 's' -> {
                PickleValue value = stack.pop();
                PickleValue key = stack.pop();
                put(stack.top(), key, value);
            }
            case 'u' -> {
                List<PickleValue> items = stack.popGroup(Integer.MAX_VALUE);
                putAll(stack.top(), items);
            }
            case 'b' -> build();
            case 'c' -> global(in.line(), in.line());
            case 'i' -> {
                String module = in.line();
                String name = in.line();
                PickleValue arguments = stack.popTuple();
                stack.push(call(contents.global(checked(module), checked(name)), arguments));
            }
            case 'o' -> {
                List<PickleValue> group = stack.popGroup(64);
                stack.push(call(group.isEmpty() ? PickleValue.OTHER : group.get(0), PickleValue.OTHER));
            }
            case 'R' -> reduce();
            case 'P', 'Q' -> persistent(instruction);
            case 'p' -> stack.remember(index(in.line()));
            case 'q' -> stack.remember(in.number(1));
            case 'r' -> stack.remember(in.number(4));
            case 'g' -> stack.recall(index(in.line()));
            case 'h' -> stack.recall(in.number(1));
            case 'j' -> stack.recall(in.number(4));
            default -> stack.push(literal(instruction));
        }
        return true;
    }

    private PickleValue literal(int instruction) throws IOException, BrokenPickleException {
        return switch (instruction) {
            case 'I', 'L', 'F' -> number(in.line());
            case 'J' -> new Whole((int) in.number(4));
            case 'K' -> new Whole(in.number(1));
            case 'M' -> new Whole(in.number(2));
            case 'G' -> skipped(8);
            case 'S' -> quoted(in.line());
            case 'V' -> named(in.line());
            case 'T', 'X' -> in.text(in.number(4));
            case 'U' -> in.text(in.number(1));
            case 'B' -> skipped(in.number(4));
            case 'C' -> skipped(in.number(1));
            default ->
                throw new BrokenPickleException(
                        "no instruction has number " + instruction + ", at byte " + (in.at() - 1));
        };
    }

    /** Protocols 2 to 5; never the end. */
    private boolean binary(int instruction) throws IOException, BrokenPickleException {
        switch (instruction) {
            case 0x80 -> {
                textual = false;
                contents.protocol((int) in.number(1));
            }
            case 0x81 -> {
                PickleValue arguments = stack.pop();
                stack.push(call(stack.pop(), arguments));
            }
            case 0x92 -> {
                stack.pop();
                PickleValue arguments = stack.pop();
                stack.push(call(stack.pop(), arguments));
            }
            case 0x82, 0x83, 0x84 -> {
                long code = in.number(1 << (instruction - 0x82));
                stack.push(contents.global("copyreg.extension", Long.toString(code)));
            }
            case 0x85, 0x86, 0x87 -> stack.push(stack.popTuple(instruction - 0x84));
            case 0x88, 0x89, 0x8f, 0x97 -> stack.push(PickleValue.OTHER);
            case 0x8a -> stack.push(longNumber(in.number(1)));
            case 0x8b -> stack.push(longNumber(in.number(4)));
            case 0x8c -> stack.push(in.text(in.number(1)));
            case 0x8d -> stack.push(in.text(in.number(8)));
            case 0x8e, 0x96 -> stack.push(skipped(in.number(8)));
            case 0x90 -> {
                stack.popGroup(0);
                stack.top();
            }
            case 0x91 -> {
                stack.popGroup(0);
                stack.push(PickleValue.OTHER);
            }
            case 0x93 -> {
                PickleValue name = stack.pop();
                PickleValue module = stack.pop();
                stack.push(contents.global(textOf(module), textOf(name)));
            }
            case 0x94 -> stack.rememberNext();
            case 0x95 -> in.number(8);
            case 0x98 -> stack.top();
            default ->
                throw new BrokenPickleException(
                        "no instruction has number " + instruction + ", at byte " + (in.at() - 1));
        }
        return true;
    }

    private void global(String module, String name) throws BrokenPickleException {
        stack.push(contents.global(checked(module), checked(name)));
    }

    /** In a pickle without a protocol number, names must look like names: else a text would pass for one too easily. */
    private String checked(String name) throws BrokenPickleException {
        if (textual && !NAME.matcher(name).matches()) {
            throw new BrokenPickleException("'" + Finding.printable(name) + "' is no name");
        }
        return name;
    }

    private void reduce() throws BrokenPickleException {
        PickleValue arguments = stack.pop();
        stack.push(call(stack.pop(), arguments));
    }

    private PickleValue call(PickleValue callable, PickleValue arguments) {
        contents.executes();
        return callable instanceof Global global ? new Called(global.name(), arguments) : PickleValue.OTHER;
    }

    private void persistent(int instruction) throws IOException, BrokenPickleException {
        if (instruction == 'P') {
            in.line();
        } else {
            stack.pop();
        }
        stack.push(PickleValue.OTHER);
    }

    private void build() throws IOException, BrokenPickleException {
        PickleValue state = stack.pop();
        PickleValue built = stack.top();
        if (built instanceof Called called
                && called.callable().equals(JoblibArray.WRAPPER)
                && state instanceof Dictionary dictionary) {
            array(dictionary);
        }
    }

    private void array(Dictionary state) throws IOException, BrokenPickleException {
        contents.joblibArray();
        JoblibArray array = JoblibArray.of(state);
        if (!array.holdsObjects()) {
            int padding = array.isPadded() ? in.next() : 0;
            in.skip(padding);
            in.skip(array.bytes());
            return;
        }
        if (nesting >= MAX_NESTING) {
            throw BrokenPickleException.limit("it has arrays of objects in arrays of objects");
        }
        long end = new PickleWalker(bytes, in.at(), contents.nested(), nesting + 1).walk();
        in.skip(end - in.at());
    }

    private void put(PickleValue target, PickleValue key, PickleValue value) {
        if (target instanceof Dictionary dictionary) {
            dictionary.put(key, value);
        }
        if (key instanceof Text name && name.text().equals("_sklearn_version") && value instanceof Text version) {
            contents.sklearnVersion(version.text());
        }
    }

    private void putAll(PickleValue target, List<PickleValue> items) {
        for (int i = 0; i + 1 < items.size(); i += 2) {
            put(target, items.get(i), items.get(i + 1));
        }
    }

    private PickleValue skipped(long length) throws BrokenPickleException {
        in.skip(length);
        return PickleValue.OTHER;
    }

    /** A number of many bytes; only a small one is kept. */
    private PickleValue longNumber(long length) throws IOException, BrokenPickleException {
        if (length < 0 || length > 8) {
            if (length == TorchPickles.MAGIC_LENGTH) {
                contents.longNumber(bytes.read(in.at(), TorchPickles.MAGIC_LENGTH));
            }
            return skipped(length);
        }
        long value = in.number((int) length);
        int unused = 64 - 8 * (int) length;
        return new Whole(length == 0 ? 0 : value << unused >> unused);
    }

    private static PickleValue number(String line) throws BrokenPickleException {
        if (!NUMBER.matcher(line).matches()) {
            throw new BrokenPickleException("'" + Finding.printable(line) + "' is no number");
        }
        String digits = line.endsWith("L") ? line.substring(0, line.length() - 1) : line;
        return INTEGER.matcher(digits).matches() ? new Whole(Long.parseLong(digits)) : PickleValue.OTHER;
    }

    private static long index(String line) throws BrokenPickleException {
        if (number(line) instanceof Whole whole) {
            return whole.number();
        }
        throw new BrokenPickleException("'" + Finding.printable(line) + "' is no index");
    }

    private static PickleValue quoted(String line) throws BrokenPickleException {
        boolean quotes = line.length() >= 2
                && line.charAt(0) == line.charAt(line.length() - 1)
                && (line.charAt(0) == '\'' || line.charAt(0) == '"');
        if (!quotes) {
            throw new BrokenPickleException("a text has no quotes");
        }
        return named(line.substring(1, line.length() - 1));
    }

    private static PickleValue named(String text) {
        return text.length() <= 512 ? new Text(text) : PickleValue.OTHER;
    }

    private static String textOf(PickleValue value) {
        return value instanceof Text text ? text.text() : "?";
    }
}
