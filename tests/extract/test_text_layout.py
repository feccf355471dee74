"""What the shape of a text says: tables, boxes, forms, records, lists under headings."""

import pytest

from causalsynth.domain import Domain
from causalsynth.extract import Extractor
from causalsynth.extract.compiling import compile_vocabulary
from causalsynth.extract.layout import arrange

LISTS = [
    ("The following have all been excluded by now: TB, carcinoma of the lung, bronchitis.", "tub=no lung=no bronc=no"),
    ("Tests were negative for every one of these: tuberculosis; lung cancer; bronchitis", "tub=no lung=no bronc=no"),
    ("Excluded at this visit: TB; lung cancer.", "tub=no lung=no"),
    ("All of the following are absent: breathlessness, TB.", "dysp=no tub=no"),
    ("He has bronchitis.\nNo sign of any of these:\n- TB\n- lung cancer", "bronc=yes tub=no lung=no"),
    ("No evidence of any of these:\n- TB\n- bronchitis (acute or chronic)\n- lung cancer", "tub=no bronc=no lung=no"),
    ("NOT PRESENT:\nTB\nBronchitis\n\nSmoker.", "tub=no bronc=no smoke=yes"),
    ("What she doesn't have:\n* TB\n* bronchitis", "tub=no bronc=no"),
    ("Ruled out\n1. TB\n2. Bronchitis\nFound\n3. Lung cancer", "tub=no bronc=no lung=yes"),
    (
        "Relevant negatives\n\u2022 dyspnoea\n\u2022 TB\nRelevant positives\n\u2022 bronchitis",
        "dysp=no tub=no bronc=yes",
    ),
    ("Confirmed: bronchitis, TB.", "bronc=yes tub=yes"),
    # in doubt, of others, of old
    ("None of these could be excluded: TB, bronchitis.", "tub=uncertain bronc=uncertain"),
    ("Not yet ruled out: TB; bronchitis", "tub=uncertain bronc=uncertain"),
    ("Differential diagnosis:\n- TB\n- bronchitis", "tub=uncertain bronc=uncertain"),
    ("To be screened for:\n- TB\n- bronchitis", ""),
    ("2. Conditions that are not present\n- TB\n- bronchitis\n\n3. Habits\n- smoker", "tub=no bronc=no smoke=yes"),
    ("Family history\n- TB\n- lung cancer\nSmoker.", "smoke=yes"),
    ("Past medical history:\n- TB\n- bronchitis\n\nSmoker.", "smoke=yes"),
    # what speaks for itself isn't governed
    ("Negative for: TB. Bronchitis was confirmed.", "tub=no bronc=yes"),
    ("Excluded\n- TB\n\nHe has bronchitis.", "tub=no bronc=yes"),
]
TABLES = [
    (
        "| Item | Finding |\n|---|---|\n| Asia trip (recent) | None |\n| Current smoking | No |\n| TB | - |",
        "asia=no smoke=no",
    ),
    (
        "| Condition | Present |\n|:--|--:|\n| TB | N |\n| Bronchitis | Y |\n| Dyspnoea | absent |",
        "tub=no bronc=yes dysp=no",
    ),
    ("| Condition | Yes | No |\n|---|---|---|\n| TB | | x |\n| Dyspnoea | x | |", "tub=no dysp=yes"),
    ("| TB | Bronchitis | Dyspnoea |\n|---|---|---|\n| no | yes | none |", "tub=no bronc=yes dysp=no"),
    ("Sign | Result\nTB | not found\nBronchitis | confirmed", "tub=no bronc=yes"),
    ("| TB? | No |\n|---|---|\n| Smoker? | Yes, 10 a day |\n| Bronchitis? | No |", "smoke=yes bronc=no"),
    (
        "| # | Question | Answer | Remark |\n|---|---|---|---|\n| 1 | TB | no | IGRA clear |\n| 2 | Smoker | yes | |",
        "tub=no smoke=yes",
    ),
    (
        "| Condition | Patient | Mother |\n|---|---|---|\n| TB | no | yes |\n| Bronchitis | yes | no |",
        "tub=no bronc=yes",
    ),
    ("| Sign | Result |\n|---|---|\n| TB | + |\n| Bronchitis | - |", "tub=yes bronc=no"),
    ("| Condition | Present |\n|---|---|\n| TB | no | x |", "tub=no"),  # a row longer than its head
]
BOXES = [
    ("TB ......... ( ) yes (x) no\nBronchitis .. (x) yes ( ) no", "tub=no bronc=yes"),
    ("Chest X-ray: [ ] abnormal [x] normal", "xray=no"),
    ("[ ] TB\n[x] bronchitis\n[ ] lung cancer", "tub=no bronc=yes lung=no"),
    ("\u2610 TB  \u2611 bronchitis", "tub=no bronc=yes"),
    ("Found: [ ] TB [ ] bronchitis (unticked = asked about and denied)", "tub=no bronc=no"),
    ("Smoker: yes [ ] no [x]\nTB: yes [x] no [ ]", "smoke=no tub=yes"),
    ("[ ] TB -- excluded\n[x] smoker", "tub=no smoke=yes"),
    # nothing says what empty boxes mean
    ("[ ] TB\n[ ] bronchitis", "tub=uncertain bronc=uncertain"),
    ("Plan:\n[x] smoking advice given\n[ ] repeat chest X-ray", ""),
    (
        "              Y    N\nSmoker        [x]  [ ]\nBeen to Asia  [ ]  [x]\nFilm abnormal [ ]  [x]",
        "smoke=yes asia=no xray=no",
    ),
    ("          Yes  No  Unknown\nTB        [ ]  [ ]  [x]\nSmoker    [ ]  [x]  [ ]", "smoke=no"),
]
RECORDS = [
    ("TB..............: NEGATIVE\nDYSPNOEA........: PRESENT", "tub=no dysp=yes"),
    ("Dyspnoea ....... none\nSmoker ......... yes", "dysp=no smoke=yes"),
    (
        "travel.asia.recent=N tobacco.current=N sx.dyspnoea=PRESENT dx.tuberculosis=NEG",
        "asia=no smoke=no dysp=yes tub=no",
    ),
    ("tb_flag: no\nbronchitis_status: absent", "tub=no bronc=no"),
    ("TB: none     Bronchitis: present", "tub=no bronc=yes"),
    ("prev_tb: yes\nfhx_tb: yes", ""),
    ("family_history:\n  tb: yes\n  smoker: yes\nsymptoms:\n  dyspnoea: no", "dysp=no"),
    ("tuberculosis:\n  present: no\n  since: n/a\nbronchitis:\n  status: yes", "tub=no bronc=yes"),
    ('{\n "tb_active": false,\n "previous": {\n  "bronchitis": true\n },\n "dyspnoea": true\n}', "tub=no dysp=yes"),
    ("tb=0 bronchitis=1 dyspnoea=0", "tub=no bronc=yes dysp=no"),
    ("tb=no        # brother has it\ndyspnoea=yes # worse on hills", "tub=no dysp=yes"),
    ("TB          N\nDYSPNOEA    Y   on stairs\nSMOKER      N", "tub=no dysp=yes smoke=no"),
    ("Tuberculosis during this stay: no\nBronchitis at any time: none", "tub=no bronc=no"),
    ("TB, bronchitis: none", "tub=no bronc=no"),
    ("5a. Asia travel, recent ..... NIL\n5b. TB on culture ........ not found", "asia=no tub=no"),
    ("TB N / bronchitis Y / dyspnoea N", "tub=no bronc=yes dysp=no"),
    ("12 TB: no\n13 Bronchitis: yes\n14 Dyspnoea: none", "tub=no bronc=yes dysp=no"),
    ("**Tuberculosis.** None. **Bronchitis.** Yes.", "tub=no bronc=yes"),
    ("cond|value|note\ntb|N|smears clear\nbronchitis|Y|", "tub=no bronc=yes"),
    ("Dyspnoea . none\nTB .. not found", "dysp=no tub=no"),
    ("TB risk: no\nTB in the family: yes\nSmoking in the household: yes", ""),
    (
        "# cols: PT|TBC|BRO|SMK\nA7|N|Y|N\n# legend: TBC = tuberculosis Y/N; BRO = bronchitis Y/N; SMK = smoker",
        "tub=no bronc=yes smoke=no",
    ),
    ("tb,bronchitis,dyspnoea,smoker\nno,yes,no,yes", "tub=no bronc=yes dysp=no smoke=yes"),
    ("# codes: D = dyspnoea present; S = smoker; N = no", ""),
]
DIALOGUES = [
    (
        "[10:01] Ann: film?\n[10:02] Bo: normal\n[10:03] Ann: smoker?\n[10:04] Bo: nope. sister smokes\n"
        "[10:05] Ann: any trips to asia?\n[10:05] Bo: hasn't been, only Wales",
        "xray=no smoke=no asia=no",
    ),
    ("N: Do you smoke?\nP: Never have.\nN: Out of breath at all?\nP: I am, love.", "smoke=no dysp=yes"),
    ("ann: any TB. bronchitis. lung cancer.\nbo: no to all three\nann: fine\nbo: bye", "tub=no bronc=no lung=no"),
    ("ann: been to Asia? I must ask.\nbo: never fancied it\nann: ok\nbo: bye", "asia=no"),
    ("ann: TB?\nbo: no result yet\nann: smoker?\nbo: not every day", ""),
    ("Has she (a) TB, (b) lung cancer, (c) bronchitis?\n(a) no; (b) no; (c) yes", "tub=no lung=no bronc=yes"),
    ("Asked about TB. No crackles.", ""),
    ("TB no / lung cancer no / bronchitis yes", "tub=no lung=no bronc=yes"),
    ("ann: TB?\nbo: don't know\nann: bronchitis?\nbo: not sure", ""),
    ("[10:01] smoker?\n[10:02] nope never\n[10:03] TB?\n[10:04] none\n[10:05] ok", "smoke=no tub=no"),
    ("Smoker?\nNo\nTB?\nNone found\n", "smoke=no tub=no"),
    ("CXR: ?shadow left base", "xray=uncertain"),
    ("has she been to Asia\nno\nso is she breathless\nyes, on hills", "asia=no dysp=yes"),
    ("any TB or bronchitis\nno\ndoes the patient smoke\nno, gave up", "tub=no bronc=no smoke=no"),
    ("does he smoke\nask the wife", ""),
    ("TB?\nno\nbronchitis?\nyes\nsmoker?\nnope", "tub=no bronc=yes smoke=no"),
    ("Smoker\nNo\nTB\nNo\nBronchitis\nYes", "smoke=no tub=no bronc=yes"),
    ("Diagnosis\nBronchitis\nAllergies\nNone", "bronc=yes"),
    ("Any of these?\nNo:\n- TB\n- bronchitis", "tub=no bronc=no"),
    ("Is a smoker\nNo TB\nHas bronchitis\nNo plan yet", "smoke=yes tub=no bronc=yes"),
    ("Does she smoke: yes\nTB: no", "smoke=yes tub=no"),
    ("ann: bronchitis?\nbo: bronchitis yes\nann: and the other patient?\nbo: no", "bronc=yes"),
    ("ann: smoker?\nbo: ya\nann: TB?\nbo: nah", "smoke=yes tub=no"),
    ("1. Smoker? -- No\n2. TB? -- Not found", "smoke=no tub=no"),
]


LEXICON = Domain.load("asia").lexicon


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(LEXICON)


@pytest.mark.parametrize(("text", "expected"), [*LISTS, *TABLES, *BOXES, *RECORDS, *DIALOGUES])
def test_shape_is_read(text: str, expected: str, extractor: Extractor) -> None:
    read = extractor.extract(text).values_by_variable()
    assert {k: v for k, v in read.items() if v is not None and k != "either"} == dict(
        pair.split("=") for pair in expected.split()
    )


@pytest.mark.parametrize(("text", "_"), [*LISTS, *TABLES, *BOXES, *RECORDS, *DIALOGUES])
def test_tokens_point_into_the_text(text: str, _: str) -> None:
    tokens = arrange(text, compile_vocabulary(LEXICON))
    assert all(0 <= start < end <= len(text) for start, end in zip(tokens.starts, tokens.ends, strict=True))


def test_running_text_stays_as_it_is() -> None:
    tokens = arrange("She is well, has no TB, and smokes.", compile_vocabulary(LEXICON))
    assert " ".join(tokens.words) == "she is well , has no tb , and smokes ."
