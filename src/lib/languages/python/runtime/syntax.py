"""What CPython's compiler says of a file, for the marks in the editor. Runs in an interpreter of its
own (checker.ts), never in one that runs programs."""

import json
import re
import warnings

LINE_ENDS = re.compile("\r\n|\r|\n")

# What a program gets for source that is nested too deeply; CPython names no line.
TOO_DEEP = (MemoryError, RecursionError)


def check(source, file):
    """The compiler's findings as JSON: see Finding in protocol/errors.ts."""
    lines = LINE_ENDS.split(source)
    with warnings.catch_warnings(record=True) as noticed:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", SyntaxWarning)
        try:
            compile(source, file, "exec", dont_inherit=True)
            found = []
        except SyntaxError as error:
            found = [mistake(error, lines)]
        except TOO_DEEP as error:
            found = [finding("error", error, (1, 0, 1, 0))]
        # A surrogate in a name, a zero byte: as the program would get it, without a place.
        except (UnicodeError, ValueError, OverflowError) as error:
            found = [finding("error", error, (1, 0, 1, 0))]
    warned = {
        (it.lineno, str(it.message)): finding("warning", it.message, (it.lineno, 0, it.lineno, 0))
        for it in noticed
    }
    return json.dumps([*found, *warned.values()])


def mistake(error, lines):
    line = min(max(error.lineno or 1, 1), len(lines))
    column = utf16(lines[line - 1], error.offset or 0)
    end_line, end_column = line, 0
    if column and error.end_lineno and line <= error.end_lineno <= len(lines):
        end = utf16(lines[error.end_lineno - 1], error.end_offset or 0)
        if (error.end_lineno, end) > (line, column):
            end_line, end_column = error.end_lineno, end
    return finding("error", error, (line, column, end_line, end_column))


def finding(severity, error, place):
    line, column, end_line, end_column = place
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    kind = type(error).__name__
    return {
        "line": line,
        "column": column,
        "endLine": end_line,
        "endColumn": end_column,
        "severity": severity,
        "message": f"{kind}: {text}" if text else kind,
    }


def utf16(line, column):
    """Python counts characters, an editor the units of its strings. 0 stays 0: no column."""
    before = line[: max(column - 1, 0)]
    return len(before) + sum(sign > "\uffff" for sign in before) + 1 if column > 0 else 0
