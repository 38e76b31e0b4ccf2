"""Which code gets colours: in which languages, and as long as it is code that people write."""

from __future__ import annotations

from functools import cache

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

# Those that colleagues write, tried with hostile code; what is not here is shown without colours.
_LANGUAGES = frozenset({
    "bash", "bat", "c", "clojure", "cmake", "cpp", "c++", "csharp", "c#", "css", "diff", "docker", "dockerfile",
    "elixir", "erlang", "fortran", "go", "graphql", "groovy", "haskell", "hcl", "html", "http", "ini", "java",
    "javascript", "js", "json", "jsx", "julia", "kotlin", "latex", "less", "lisp", "lua", "make", "makefile",
    "markdown", "md", "nginx", "objective-c", "ocaml", "perl", "php", "powershell", "ps1", "properties",
    "python", "py", "r", "rb", "rs", "ruby", "rust", "sas", "scala", "scss", "sh", "shell", "sparql", "sql", "swift",
    "terraform", "tex", "toml", "ts", "tsx", "typescript", "xml", "yaml", "yml",
    "zsh",
})  # fmt: skip
_MOST_HIGHLIGHTED = 20_000
_LONGEST_LINE = 500


def as_people_write(code: str) -> bool:
    return len(code) <= _MOST_HIGHLIGHTED and max(map(len, code.split("\n"))) <= _LONGEST_LINE


@cache
def _known(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def lexer_of(language: str) -> Lexer | None:
    return _known(language) if language in _LANGUAGES else None
