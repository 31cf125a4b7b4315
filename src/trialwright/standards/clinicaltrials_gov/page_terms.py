"""Lists that the page joins with spaces: conditions, keywords, the registry's own terms."""

from __future__ import annotations

import re
from itertools import pairwise

_TERM_WORDS = re.compile(
    r"\b(Neoplasms|Diseases?|Disorders?|Syndromes?|Pathologic Processes|Signs and Symptoms|Infections"
    r"|Injuries|Physiological Phenomena|Agents|Inhibitors|Pharmacological Action"
    r"|Physiological Effects of Drugs|Abnormalities|Manifestations|Conditions|Antagonists|Agonists|Symptoms)\b"
)  # fmt: skip
_SMALL = {"and", "of", "the", "with", "by", "in", "to", "as", "for", "or", "on", "due", "from"}
_MOST_WORDS = 40


def split_tail(lines: list[str]) -> tuple[str, list[str]]:
    """The line of keywords, if the first line after the last table is one, and the lines of MeSH terms.

    MeSH terms are in title case and among them stands a general one (``Neoplasms``, ``... Diseases``); a
    first line that looks like this is taken for terms.
    """
    useful = [line.strip() for line in lines if line.strip() and not _heading(line)]
    heading = next(
        (i for i, line in enumerate(lines) if line.strip().startswith("Keywords provided by")), None
    )
    if heading is not None:
        rest = [line.strip() for line in lines[heading + 1 :] if line.strip()]
        cut = next(
            (i for i, line in enumerate(rest) if line.startswith("Additional relevant MeSH")), len(rest)
        )
        return " ".join(rest[:cut]), rest[cut + 1 :]
    if not useful or _looks_like_terms(useful[0]):
        return "", useful
    return useful[0], useful[1:]


def _heading(line: str) -> bool:
    return line.strip().startswith(("Additional relevant MeSH", "Keywords provided by"))


def _looks_like_terms(line: str) -> bool:
    words = [word.strip(",()") for word in line.split()]
    capital = all(word[:1].isupper() or not word[:1].isalpha() or word in _SMALL for word in words if word)
    return capital and (bool(_TERM_WORDS.search(line)) or _has_inverted_term(line))


def _has_inverted_term(line: str) -> bool:
    """``Diabetes Mellitus, Type 1`` beside ``Diabetes Mellitus``: only MeSH writes both."""
    match = re.search(r"\b([A-Z][a-z]+(?: [A-Z][a-z]+)*), [A-Z]", line)
    return match is not None and line.count(match.group(1)) > 1


def split_joined(words: str, corpus: str) -> list[str]:
    """The members of a list that the page joins with spaces, as far as the page itself shows them.

    A member that begins or ends as the whole does marks the seams (``Leukemia Leukemia, Myeloid``,
    ``Breast Cancer Lung Cancer``); a piece whose parts all stand elsewhere on the page as phrases is
    divided into those (``Liver Metastasis Gastric Cancer``). Anything else stays whole.
    """
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    if len(lines) > 1:
        return lines
    tokens = words.split()
    if len(tokens) < 2 or len(tokens) > _MOST_WORDS:
        return [" ".join(tokens)]
    sentence_case = _in_sentence_case(tokens)
    if sentence_case:
        return sentence_case
    pieces = _seams(tokens)
    heap = _heap(corpus, words)
    return [part for piece in pieces for part in _divide(piece, heap)]


def _in_sentence_case(tokens: list[str]) -> list[str]:
    """``Gastric cancer Tumor microenvironment``: every capital begins a member, if members go on in lower case."""
    starts = [index for index, token in enumerate(tokens) if token[:1].isupper()]
    plain = all(token.isalpha() and (token[1:].islower() or len(token) == 1) for token in tokens)
    if not plain or not starts or starts[0] != 0 or 2 * len(starts) > len(tokens) + 1:
        return []
    if any(token in _SMALL for token in tokens):
        return []
    return [" ".join(tokens[a:b]) for a, b in pairwise([*starts, len(tokens)])]


def _seams(tokens: list[str]) -> list[list[str]]:
    """Cut before each repetition of the first word, or after each repetition of the last."""
    first, last = tokens[0].rstrip(",;"), tokens[-1]
    cuts = [
        index
        for index in range(1, len(tokens))
        if tokens[index].rstrip(",;") == first
        and not tokens[index - 1].endswith((",", ";"))
        and len(first) > 2
    ]
    if not cuts and len(last) > 2:
        cuts = [index + 1 for index in range(len(tokens) - 1) if tokens[index] == last and index > 0]
    edges = [0, *cuts, len(tokens)]
    pieces = [tokens[a:b] for a, b in pairwise(edges)]
    whole = {_plain(" ".join(piece)) for piece in pieces}
    return [part for piece in pieces for part in _cut_known_end(piece, whole)]


def _cut_known_end(piece: list[str], whole: set[str]) -> list[list[str]]:
    """A piece that ends with another piece is two members (numbers count as alike)."""
    for cut in range(1, len(piece) - 1):
        if _plain(" ".join(piece[cut:])) in whole and not piece[cut - 1].endswith(","):
            return [piece[:cut], piece[cut:]]
    return [piece]


def _plain(words: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[^\w\- ]+", " ", re.sub(r"\d+", "0", words.lower()))).strip()


def _heap(corpus: str, words: str) -> str:
    """The page's phrases in lower case, without the joined list itself; digits are all alike."""
    text = re.sub(r"\s+", " ", corpus.lower().replace("\n", " . ")).replace(
        " ".join(words.lower().split()), " . "
    )
    text = re.sub(r"[^\w\- ]+", " \n ", re.sub(r"\d+", "0", text))
    return " " + re.sub(r" +", " ", text) + " "


def _divide(tokens: list[str], heap: str) -> list[str]:
    best: list[list[str] | None] = [[]] + [None] * len(tokens)
    for end in range(1, len(tokens) + 1):
        for start in range(end):
            before = best[start]
            part = " ".join(tokens[start:end])
            if before is None or part.endswith(",") or len(_plain(part)) < 3 or _is_fragment(part):
                continue
            if not _stands_alone(tokens, start, end, heap):
                continue
            candidate = [*before, part]
            current = best[end]
            if current is None or len(candidate) < len(current):
                best[end] = candidate
    found = best[len(tokens)]
    return found if found else [" ".join(tokens)]


def _stands_alone(tokens: list[str], start: int, end: int, heap: str) -> bool:
    """Whether the page has the part somewhere without the words that surround it in the list."""
    part = f" {_plain(' '.join(tokens[start:end]))} "
    before = f"{_plain(tokens[start - 1])}" if start else "\n"
    after = f"{_plain(tokens[end])}" if end < len(tokens) else "\n"
    position = heap.find(part)
    while position >= 0:
        follows = heap[position + len(part) :].startswith(after + " ")
        precedes = heap[: position + 1].endswith(" " + before + " ")
        if not follows and not precedes:
            return True
        position = heap.find(part, position + 1)
    return False


_FRAGMENTS = frozenset(
    re.findall(
        r"\S+",
        "low high metastatic advanced chronic acute severe mild moderate primary secondary recurrent "
        "refractory relapsed early late adult pediatric childhood type stage grade positive negative "
        "non-small small cell lung breast bone liver heart kidney brain skin carcinoma cancer cancers "
        "disease diseases disorder disorders tumor tumour tumors neoplasm neoplasms syndrome infection "
        "failure therapy treatment therapies resistant locally resectable unresectable invasive major "
        "minor stable active post pre other ",
    )
)


def _is_fragment(part: str) -> bool:
    """A single word that names no condition by itself."""
    return part.lower() in _FRAGMENTS


def split_names(words: str) -> list[str]:
    """Other names of a product joined with spaces: divided only where the first is a company's code."""
    tokens = words.split()
    coded = re.match(r"[A-Z]{1,6}-?\d{2,}[\w-]*\Z", tokens[0]) if tokens else None
    plain = all(token[:1].isupper() and "(" not in token and "," not in token for token in tokens)
    return tokens if coded and plain and 1 < len(tokens) <= 6 else [words]
