"""Whether a bare name stands where it is plainly said of the subject: ``has TB``, but not ``a talk on TB``.

Cues know the contexts that were foreseen. A name in any other is worth a doubt, never a statement: one that is only
part of a longer name (``TB hospice``), the topic of something (``a book about TB``), the object of an unknown verb
(``teaches TB``), or what stands behind a heading that asks for something else (``Thesis: TB``).
"""

from causalsynth.extract.sentences import Sentence
from causalsynth.extract.tokens import Tokens, is_number
from causalsynth.extract.trie import ANY_NUMBER
from causalsynth.extract.vocabulary import Entry

__all__ = ["stands_oddly"]

_DETERMINERS = frozenset({"a", "an", "the", "his", "her", "their", "my", "any", "some", "this", "that"})
_AMOUNT_ENDS = frozenset({"day", "daily", "ppd", "cpd"})
_TOPICS = frozenset("about regarding concerning re against versus vs into unlike towards toward beyond around".split())
"""A name behind one of these is only spoken about."""
_LICENSED: dict[str, frozenset[str]] = {
    "for": frozenset(
        "positive treated treatment therapy criteria admitted hospitalised hospitalized diagnostic medication regimen "
        "antibiotics chemotherapy radiotherapy surgery operated operation lobectomy pneumonectomy resection responsible "
        "care tablets drugs managed rhze ve + seen attended presented presents presenting reviewed here known "
        "inhaler inhalers oncologist oncology".split()
    ),
    "on": frozenset({"still", "back"}),
    "from": frozenset("suffers suffering suffer suffered results resulting arising apart come comes".split()),
    "in": frozenset("brought resulted resulting ended ending culminating".split()),
    "than": frozenset({"other"}),
}
"""The words before which a preposition makes no topic of what follows: ``treated for TB``."""
_HELD_BY_MANY = frozenset({"with", "having", "of"})
_NO_PLURAL = ("ss", "us", "is", "ous")
_MAY_PRECEDE = frozenset(
    "has does is was gets becomes suffers presents as this his its yes plus thus has yields yielded grows reveals means "
    "equals establishes established proves discloses detects detected identified identifies isolated says reads had got "
    "contracted caught developed acquired needed did advanced mutated untreated localised localized disseminated "
    "complicated associated untreated relapsed resistant metastatic operated unresected resected sputum "
    "worsening increasing progressing ongoing existing coexisting underlying distressing recurring persisting relapsing "
    "disabling limiting accompanying lasting longstanding having being getting feeling becoming exhibiting developing "
    "remaining recorded observed documented persistent causing complaining fulfils fulfills meets called named described told diagnoses contracts".split()
)
"""Words in ``-s``, ``-ed``, ``-ing`` and the like that may stand before a name and leave it the subject's own."""
_MAY_FOLLOW = frozenset(
    "in on at over with without of from to by for into like than since that which who whose he she it they we i you "
    "this his her their my our its the a an all both each most more much less just even only again too well "
    "these those here there today tomorrow tonight yesterday last next stage grade type stages disease proven confirmed "
    "diagnosed sensitive resistant susceptible secondary primary throughout per via as if until till despite during "
    "after before because while when where now then once still also indeed alone together whatever whenever "
    "will would can could may might must should shall has had have is are was were be been does did do "
    "about around roughly approximately up down out off across against alongside beyond under within inside "
    "left right bilateral upper lower persists continues treatment therapy rx meds tablets drugs medication regimen "
    "use user abuse consumption habit habits bacilli iii ii iv iiia iiib ia ib mild moderate severe chronic acute please pls thanks "
    "needs requires explains accounts aged proved plus nos".split()
)
_HEADINGS = frozenset(
    "dx ddx diagnosis diagnoses diagnostic imp impression assessment a s o conclusion conclusions result results finding "
    "findings problem problems summary outcome pc hpc cc complaint complaints symptom symptoms history hx social biopsy "
    "bx culture cultures histology cytology pathology genexpert xpert sputum smear pcr exam examination o / e physician "
    "admission comorbidity comorbidities following tobacco smoking status current active chest resp respiratory today now "
    "issues conditions condition subjective objective lungs opinion verdict bottom line report reported microbiology "
    "bronchoscopy ct discharge main other also known final confirmed risk habits lifestyle letter years susceptible sh sx day visit week".split()
)
_ASKING = frozenset(
    "reason indication question query purpose rationale request re ref subject topic title thesis worry concern fear "
    "worries concerns fears goal target goals exposure vaccine vaccines leaflet leaflets".split()
)
"""Words of headings behind which a name is never an answer."""
_LONGEST_HEADING = 3
_EMPTY_BOXES = frozenset({"\u2610", "\u25a1", "\u25fb", "\u2b1c", "\u25a2"})
_GENERAL = frozenset(
    "common usually often endemic rife rare rarely uncommon frequent frequently typically generally always sometimes "
    "contagious infectious curable treatable serious dangerous frightening feared preventable spread notifiable "
    "allowed permitted banned prohibited forbidden bad harmful discouraged initially first what everywhere prevalent "
    "something such one why how".split()
)
_OTHERS_DO = frozenset("took takes went gets got became needs needed lives comes came causes runs uses used means".split())
_POSSESSIVES = frozenset({"his", "her", "their", "my", "our", "your"})
_HAVING = frozenset({"has", "had", "have", "is", "was", "are", "were", "gets", "got", "suffers"})
_OWN = frozenset(
    "cough problem problems complaint complaints diagnosis symptom symptoms breathing chest illness disease condition "
    "issue concern main chief only trouble troubles breath lungs lung biopsy sputum results result picture presentation "
    "patient client sample culture wheeze fever client's history".split()
)
"""What one has oneself: ``his main complaint is breathlessness``."""


def stands_oddly(k: int, sentence: Sentence, tokens: Tokens) -> bool:
    """Tell whether item `k`, a name that no cue qualifies, stands in a context that doesn't plainly affirm it."""
    entry = sentence.items[k][2]
    if entry.predicative or ANY_NUMBER in entry.phrase or entry.phrase[-1] in _AMOUNT_ENDS:
        return False
    checks = (_is_part, _is_topic, _heads_otherwise, _is_unticked, _is_general, _is_of_another)
    return any(check(k, sentence, tokens) for check in checks)


def _is_part(k: int, sentence: Sentence, tokens: Tokens) -> bool:
    """``TB hospice``: another noun follows."""
    _, end, entry = sentence.items[k]
    if end >= sentence.end or _is_verb(entry):
        return False
    if k + 1 < len(sentence.items) and sentence.items[k + 1][0] == end:
        return sentence.items[k + 1][2].other
    word = tokens.words[end]
    if not word[0].isalpha() or is_number(word) or word in _MAY_FOLLOW:
        return False
    return not word.endswith(("ly", "ing", "ed", "able", "ward", "wise"))


def _is_topic(k: int, sentence: Sentence, tokens: Tokens) -> bool:
    """``a talk about TB``, ``teaches TB``, ``prisoners with TB``."""
    words, items = tokens.words, sentence.items
    at = items[k][0] - 1
    while at > sentence.first and words[at] in _DETERMINERS:
        at -= 1
    if at < sentence.first:
        return False
    if _is_agent(items[k][2]) and (items[k][2].phrase[-1].endswith("s") or words[at] == "with"):
        return True
    word, before = words[at], words[at - 1] if at > sentence.first else ""
    if word in _TOPICS:
        return True
    if word in _LICENSED:
        named = any(item[1] == at and item[2].named for item in items[max(0, k - 3) : k])
        return not named and before not in _LICENSED[word]
    if word in _HELD_BY_MANY:
        return _is_unknown(at - 1, k, sentence, tokens) and before.endswith("s") and not before.endswith(_NO_PLURAL)
    unknown = word not in _MAY_PRECEDE and _is_unknown(at, k, sentence, tokens)
    return unknown and word.endswith(("s", "ed", "ing")) and not word.endswith(_NO_PLURAL)


def _is_agent(entry: Entry) -> bool:
    """``smoker``: ``with a smoker`` is somebody else."""
    return entry.phrase[-1].endswith(("er", "ers")) and len(entry.phrase) == 1 and entry.phrase[-1] != "cancer"


def _is_unknown(at: int, k: int, sentence: Sentence, tokens: Tokens) -> bool:
    """Tell whether token `at`, before item `k`, is a word that no phrase of the vocabulary takes in."""
    if at < sentence.first or not tokens.words[at][0].isalpha() or tokens.words[at] in _MAY_PRECEDE:
        return False
    return all(not first <= at < end for first, end, _ in sentence.items[max(0, k - 4) : k])


def _heads_otherwise(k: int, sentence: Sentence, tokens: Tokens) -> bool:
    """``Thesis: TB``: a short heading that isn't known to ask for what the subject has."""
    items = sentence.items
    if k == 0 or items[k - 1][2].sign != ":" or items[k - 1][1] != items[k][0]:
        return False
    first = end = items[k - 1][0]
    while first > sentence.first and (tokens.words[first - 1][0].isalnum() or tokens.words[first - 1] == "/"):
        first -= 1
    words = tokens.words[first:end]
    if any(word in _ASKING for word in words[:2]):
        return True
    if not words or not words[0][0].isalpha() or len(words) > _LONGEST_HEADING:
        return False
    inside = [item[2] for item in items[max(0, k - 4) : k - 1] if item[0] >= first]
    known = any(entry.means or entry.other or entry.cues - {"compound", "relation"} for entry in inside)
    return not known and not any(word in _HEADINGS for word in words)


def _is_unticked(k: int, sentence: Sentence, tokens: Tokens) -> bool:
    """``[ ] TB``: an empty box."""
    first = sentence.items[k][0]
    before = tokens.words[max(sentence.first, first - 2) : first]
    return before in (["[", "]"], ["(", ")"]) or (bool(before) and before[-1] in _EMPTY_BOXES)


def _is_general(k: int, sentence: Sentence, tokens: Tokens) -> bool:
    """``TB is common there``, ``Lung cancer took his father``: the subject of a sentence that doesn't say it is there."""
    items = sentence.items
    first, end, _ = items[k]
    begins = first == sentence.first or (items[k - 1][2].sign and items[k - 1][1] == first) if k else first == sentence.first
    if not begins or k + 1 >= len(items) or items[k + 1][0] != end:
        return False
    verb = items[k + 1]
    if "be" in verb[2].cues and "verb" in verb[2].cues:
        return any(word in _GENERAL for word in tokens.words[verb[1] : min(verb[1] + 3, sentence.end)])
    return "verb" in verb[2].cues and verb[2].phrase[0] in _OTHERS_DO


def _is_of_another(k: int, sentence: Sentence, tokens: Tokens) -> bool:
    """``Her cat has bronchitis``: somebody or something that is only the subject's."""
    words = tokens.words
    at = sentence.first
    if at + 2 >= sentence.items[k][0] or words[at] not in _POSSESSIVES:
        return False
    verb = next((item for item in sentence.items[:k] if item[2].cues & {"be", "verb"}), None)
    if verb is None or not 2 <= verb[0] - at <= 3 or verb[1] != sentence.items[k][0]:
        return False
    return words[verb[0]] in _HAVING and not any(word in _OWN for word in words[at + 1 : verb[0]])


def _is_verb(entry: Entry) -> bool:
    """A verb has an object behind it, ``smokes Marlboros``, and an agent noun an apposition."""
    return entry.phrase[0].endswith(("s", "ing")) and len(entry.phrase) == 1 and not entry.phrase[0].endswith(_NO_PLURAL)
