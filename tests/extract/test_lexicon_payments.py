"""The payments lexicon: it reads its own wording back, and plain texts of fraud desks with their traps."""

import random

import pytest

from causalsynth.domain import Domain
from causalsynth.extract import Extractor
from causalsynth.scm import SCM

DOMAIN = Domain.load("payments")
LEXICON = DOMAIN.lexicon
EXTRACTOR = Extractor(LEXICON)
NUMBERS = {
    "account_age_days": [3, 58, 412, 1904],
    "amount_usd": [0.99, 48.5, 731.07, 10204.1],
    "velocity_1h": [0, 1, 4, 11],
    "risk_score": [0, 7, 43, 100],
}


def values(variable):
    return NUMBERS.get(variable) or list(LEXICON.variables[variable].states)


def same(variable, found, value):
    if isinstance(value, str) or isinstance(found, str) or found is None:
        return found == value
    return abs(found - value) <= LEXICON.variables[variable].number.tolerance + 1e-9


def stated(text):
    return {name: found.value for name, found in EXTRACTOR.extract(text).items() if found.status != "not_stated"}


FORMS = [
    (variable, value, form)
    for variable, wording in LEXICON.variables.items()
    for value in values(variable)
    for form in (*wording.wording(value).say, *wording.wording(value).brief)
]


def test_words_the_graph():
    DOMAIN.check_against(SCM.load("payments"))


@pytest.mark.parametrize(("variable", "value", "form"), FORMS, ids=[form for _, _, form in FORMS])
def test_every_form_alone(variable, value, form):
    found = stated(form)
    assert set(found) == {variable}, found
    assert same(variable, found[variable], value), found


def test_every_value_has_enough_forms():
    for variable, wording in LEXICON.variables.items():
        said = wording.wording(values(variable)[0])
        assert len(said.say) >= 6
        assert len(said.brief) >= 3


@pytest.mark.parametrize("sentence", [*LEXICON.filler, *LEXICON.opening, *LEXICON.closing])
def test_filler_says_nothing(sentence):
    assert stated(sentence) == {}


@pytest.mark.parametrize("layout", ["prose", "lines", "bullets", "shorthand"])
def test_composed_in_any_order_with_filler(layout):
    """100 seeded documents a layout, each with all variables; every one must read back exactly."""
    draw = random.Random(11)
    for _ in range(100):
        skeleton = {variable: draw.choice(values(variable)) for variable in LEXICON.variables}
        text = compose(skeleton, layout, draw)
        found = stated(text)
        wrong = {v: found.get(v) for v, value in skeleton.items() if not same(v, found.get(v), value)}
        assert not wrong, (wrong, text)


def compose(skeleton, layout, draw):
    briefly = layout in ("bullets", "shorthand")
    sentences = []
    for variable, value in skeleton.items():
        said = LEXICON.variables[variable].wording(value)
        sentences.append(draw.choice(said.brief if briefly else said.say))
    fill = draw.sample(LEXICON.filler, 3)
    sentences += [sentence.rstrip(".") for sentence in fill] if briefly else fill
    draw.shuffle(sentences)
    if layout == "prose":
        return " ".join(sentences)
    if layout == "lines":
        return "\n".join(sentences)
    if layout == "bullets":
        return "\n".join(f"- {sentence}" for sentence in sentences)
    return ". ".join(sentences) + "."


READINGS = [
    ("customer_segment", "SMB account holder bought toner.", "business"),
    ("customer_segment", "cust_type: SME", "business"),
    ("customer_segment", "Consumer card, debit.", "retail"),
    ("customer_segment", '"segment":"premium","kyc":2', "premium"),
    ("customer_segment", "He pays premium prices for diesel.", None),
    ("customer_segment", "She was on a business trip.", None),
    ("customer_segment", "The cardholder banks with our private banking arm.", None),
    ("customer_segment", "A corporate card issued to a plumbing firm.", "business"),
    ("customer_segment", "The premium customer next in the queue was fine.", "premium"),
    ("customer_segment", "It's a gold card customer.", "premium"),
    ("customer_segment", "VIP client, high touch.", "premium"),
    ("customer_segment", "The buyer is a small business.", "business"),
    ("customer_segment", "personal account", "retail"),
    ("customer_segment", "Another customer, a premium one, had the same merchant.", None),
    ("account_age_days", "Account opened 41 days ago.", 41),
    ("account_age_days", "tenure=88d", 88),
    ("account_age_days", '"account_age_days": 1203', 1203),
    ("account_age_days", "She has banked with us for 640 days.", 640),
    ("account_age_days", "The account is 4 years old.", None),
    ("account_age_days", "a 17-day-old account", 17),
    ("account_age_days", "card issued 12 days ago", None),
    ("account_age_days", "His phone is 30 days old.", None),
    ("account_age_days", "account age: 1,204 days", 1204),
    ("account_age_days", "Customer for 93 days.", 93),
    ("account_age_days", "acct_age_d=77", 77),
    ("account_age_days", "The account had existed for just 9 days.", 9),
    ("account_age_days", "The relationship is 512 days old.", 512),
    ("account_age_days", "account opened two hundred and six days before the purchase", 206),
    ("account_age_days", "Her last dispute was 45 days ago.", None),
    ("velocity_1h", "Four payments had gone through on it in the past hour, eleven over the whole day.", 4),
    ("velocity_1h", "There was not a single purchase in the hour before it.", 0),
    ("velocity_1h", "No further payments were logged during the preceding hour, although five followed that week.", 0),
    ("velocity_1h", "In the sixty minutes before, the card had made no other purchase.", 0),
    ("velocity_1h", "Nothing at all in the hour beforehand.", 0),
    ("velocity_1h", "past hour: none; past day: three", 0),
    ("velocity_1h", "One payment was registered in the previous 60 min; 9 in 24h", 1),
    ("velocity_1h", "The daily count was 14.", None),
    ("velocity_1h", "No payments above $50 in the past hour.", None),
    ("velocity_1h", "No chargeback was filed in the past hour.", None),
    ("account_age_days", "He has kept his account here for 733 days.", 733),
    ("account_age_days", "With us 88 days, this client.", 88),
    ("account_age_days", "On day 214 of the relationship she bought a camera.", 214),
    ("account_age_days", "Her account shows a device first used 40 days ago.", None),
    ("account_age_days", "The account saw nine payments within 30 days.", None),
    ("account_age_days", "The customer may dispute it within 120 days.", None),
    ("amount_usd", "She paid forty-one dollars and six cents for it.", 41.06),
    ("amount_usd", "It came to nineteen dollars ninety-five.", 19.95),
    ("amount_usd", "She paid $31.40; the $95.00 sale is a different case.", 31.4),
    ("amount_usd", "The payment was $31.40 (her brother's card, $12.00, was used later).", 31.4),
    ("amount_usd", "The day's total was nine.", None),
    ("risk_score", "Score 17. Her cousin's case, with a score of 88, is another matter.", 17),
    ("decision", "It was approved. Another customer, with score 91, was declined.", "approved"),
    ("velocity_1h", "It had been used twice in the hour before.", 2),
    ("velocity_1h", "The card had not been active in the preceding hour.", 0),
    ("velocity_1h", "Not one purchase in the past hour.", 0),
    ("velocity_1h", "Four or five payments in the past hour.", None),
    ("velocity_1h", "The rule fires at 6 payments in an hour.", None),
    ("velocity_1h", "Two payments in the past hour, I think.", None),
    ("amount_usd", "$61.00 of diesel. His previous fill-up, $58.40, was at another pump.", 61),
    ("amount_usd", "$61.00 of diesel; of which $4.00 was a car wash.", 61),
    ("amount_usd", "Ignore the $9.00 car wash: the fuel was $61.00.", 61),
    ("amount_usd", "Amount: one export has $61.00, the other $16.00.", None),
    ("amount_usd", "Somebody spent $61.00 with her card.", 61),
    ("risk_score", "The engine, which gave 12, approved it.", 12),
    ("risk_score", "This one got 12; the threshold is 50.", 12),
    ("risk_score", "The score was a mere 12.", 12),
    ("risk_score", "Her previous order scored 71.", None),
    ("risk_score", "pay-risk[71]: score 12", 12),
    ("ip_country", "The IP is Chilean and so is the card.", "match"),
    ("ip_country", "Both the IP and the card are Kenyan.", "match"),
    ("ip_country", "IP/card: GH / NG", "mismatch"),
    ("ip_country", "The connection's country is undetermined.", None),
    ("device", "The reader is no stranger to our systems.", "known"),
    ("device", "We do not recognise the laptop.", "new"),
    ("device", "Device status unknown.", None),
    ("card_compromised", "He entered his number on a fake courier page.", "yes"),
    ("card_compromised", "Somebody had cloned her card.", "yes"),
    ("customer_segment", "He used to be premium; now he is a retail client.", "retail"),
    ("merchant_category", "Gift cards from a rack in a supermarket.", "gift_cards"),
    ("fraud", "The investigator confirmed the payment as fraudulent.", "yes"),
    ("fraud", "He claims it is fraud.", None),
    ("fraud", "It looks genuine.", None),
    ("chargeback", "She claimed not to know the shop and a chargeback was filed.", "yes"),
    ("chargeback", "No chargeback or dispute has been received.", "no"),
    ("chargeback", "A chargeback does not exist.", "no"),
    ("decision", "It wasn't declined.", None),
    ("decision", "The finance team approved the travel request.", None),
    ("decision", "It was pulled for a manual look.", "manual_review"),
    ("risk_score", "The score was 21 or 12.", None),
    ("risk_score", "The engine gave 21 according to one export and 12 according to another.", None),
    ("account_age_days", "Opened 300 days ago according to the ledger, 30 according to the form.", None),
    ("velocity_1h", "The hourly count is 4 in one log and 7 in the other.", None),
    ("ip_country", "One lookup says the IP matches the card's country, another says it doesn't.", None),
    ("chargeback", "One tool shows a chargeback, another shows none.", None),
    ("card_compromised", "We can neither confirm nor exclude a compromise of the card.", None),
    ("card_compromised", "There is a chance that the number was skimmed.", None),
    ("channel", "Either online or at the till.", None),
    ("account_age_days", "Account created 2021-03-04 (1,101 days)", 1101),
    ("card_compromised", "The card is safe in her purse.", "no"),
    ("card_compromised", "Card number turned up on a dark web market.", "yes"),
    ("card_compromised", "She typed her details into a phishing page.", "yes"),
    ("card_compromised", "compromised=N", "no"),
    ("card_compromised", "card_compromised: true", "yes"),
    ("card_compromised", "Card not on any hotlist.", "no"),
    ("card_compromised", "His card was stolen from the gym locker.", "yes"),
    ("card_compromised", "The merchant's terminal was compromised last year.", None),
    ("card_compromised", "We can't tell yet whether the card was skimmed.", "uncertain"),
    ("card_compromised", "no evidence that the card has been compromised", "no"),
    ("card_compromised", "pan_status=COMPROMISED", "yes"),
    ("card_compromised", "details leaked in a breach", "yes"),
    ("card_compromised", "The card never left his possession.", "no"),
    ("card_compromised", "hotlist=hit", "yes"),
    ("card_compromised", "the plastic was cloned", "yes"),
    ("card_compromised", "card in possession of the cardholder", "no"),
    ("card_compromised", "card may be compromised", "uncertain"),
    ("device", "First time we see this phone.", "new"),
    ("device", "device_known=0", "new"),
    ("device", "device_known=true", "known"),
    ("device", "Unrecognised browser.", "new"),
    ("device", "The laptop is the one he always uses.", "known"),
    ("device", "Same handset as on her last 40 orders.", "known"),
    ("device", "new_device=false", "known"),
    ("device", "Fingerprint not on file.", "new"),
    ("device", "The device was not known to us.", "new"),
    ("device", "dev: unseen", "new"),
    ("device", "He ordered a new phone.", None),
    ("device", "It came from a device that had not been used with this account before.", "new"),
    ("device", "device first_seen=true", "new"),
    ("device", "Recognised device.", "known"),
    ("device", "a device with a long history on this account", "known"),
    ("device", "the customer was known to the merchant", None),
    ("channel", "Paid by tapping her phone at the till.", "card_present"),
    ("channel", "pos_entry=05 (chip)", "card_present"),
    ("channel", "ecom, 3DS passed", "online"),
    ("channel", "CNP", "online"),
    ("channel", "She confirmed through online banking.", None),
    ("channel", "Ordered via the merchant's app.", "online"),
    ("channel", "card-present transaction", "card_present"),
    ("channel", "the sale was not card present", "online"),
    ("channel", "in-store purchase", "card_present"),
    ("channel", "She entered her data on a phishing site.", None),
    ("channel", "paid contactless", "card_present"),
    ("channel", "Bought at the counter", "card_present"),
    ("channel", "the web shop of a dealer", "online"),
    ("merchant_category", "mcc=5541", "fuel"),
    ("merchant_category", "A weekly shop at the supermarket.", "groceries"),
    ("merchant_category", "He bought headphones.", "electronics"),
    ("merchant_category", "flight to Rome", "travel"),
    ("merchant_category", "ten gift vouchers", "gift_cards"),
    ("merchant_category", "She filed a travel notice.", None),
    ("merchant_category", "hotel in Lisbon", "travel"),
    ("merchant_category", "a tank of petrol", "fuel"),
    ("merchant_category", "Steam gift cards", "gift_cards"),
    ("merchant_category", "iTunes vouchers", "gift_cards"),
    ("merchant_category", "GROCERY STORES", "groceries"),
    ("merchant_category", "category: GIFT_CARDS", "gift_cards"),
    ("merchant_category", "MCC 7011", "travel"),
    ("merchant_category", "The card was skimmed at a petrol station in May.", None),
    ("amount_usd", "amt=1,204.50 USD", 1204.5),
    ("amount_usd", "total $88", 88),
    ("amount_usd", "The order came to USD 42.10.", 42.1),
    ("amount_usd", "Credit limit $5,000.00.", None),
    ("amount_usd", "Balance: USD 310.20", None),
    ("amount_usd", "Her previous purchase was $31.75.", None),
    ("amount_usd", "amount_usd: 17.99", 17.99),
    ("amount_usd", "charged 64 dollars and 20 cents", 64.2),
    ("amount_usd", '"amount":"64.01","currency":"USD"', 64.01),
    ("amount_usd", "A refund of $15.00 was issued last week.", None),
    ("amount_usd", "He spent $412.00; his limit is $2,000.", 412),
    ("amount_usd", "average basket $38.10", None),
    ("amount_usd", "The fee was $2.50.", None),
    ("velocity_1h", "txn_count_1h=3", 3),
    ("velocity_1h", "velocity(1h): 5", 5),
    ("velocity_1h", "No other transactions in the past hour.", 0),
    ("velocity_1h", "Four payments in the last 60 minutes.", 4),
    ("velocity_1h", "nothing else in the last hour", 0),
    ("velocity_1h", "12 transactions in the last 24 hours", None),
    ("velocity_1h", "the third transaction within an hour", 3),
    ("velocity_1h", "past hour: 0", 0),
    ("velocity_1h", "vel_1h: 2, vel_24h: 9", 2),
    ("velocity_1h", '"txns_last_hour": 6', 6),
    ("velocity_1h", "count 60m = 1", 1),
    ("velocity_1h", "Two in the last hour, nine in the last day.", 2),
    ("velocity_1h", "The card had been quiet in the hour before.", 0),
    ("velocity_1h", "one transaction an hour ago", None),
    ("velocity_1h", "5 purchases in the preceding hour", 5),
    ("velocity_1h", "hourly velocity 8", 8),
    ("velocity_1h", "it was the only transaction in the past hour", 1),
    ("fraud", "Customer confirmed the purchase.", "no"),
    ("fraud", "false positive", "no"),
    ("fraud", "label=FRAUD", "yes"),
    ("fraud", "not fraud", "no"),
    ("fraud", "The fraud team looked at it.", None),
    ("fraud", "This is not a genuine transaction.", "yes"),
    ("fraud", "fraud_score=88", None),
    ("fraud", "verdict: legit", "no"),
    ("fraud", "We concluded it was fraudulent.", "yes"),
    ("fraud", "It is unclear whether this is fraud.", "uncertain"),
    ("fraud", "bona fide", "no"),
    ("fraud", "She did not make this purchase; confirmed fraud.", "yes"),
    ("fraud", "is_fraud: 1", "yes"),
    ("fraud", "is_fraud=0", "no"),
    ("fraud", "no sign of fraud", "no"),
    ("fraud", "Fraud ruled out.", "no"),
    ("fraud", "flagged by the fraud engine", None),
    ("fraud", "true positive", "yes"),
    ("fraud", "account takeover confirmed", "yes"),
    ("risk_score", "risk=43/100", 43),
    ("risk_score", "Score: 17.", 17),
    ("risk_score", "The model gave 88.", 88),
    ("risk_score", "scored 5 out of 100", 5),
    ("risk_score", "threshold 60", None),
    ("risk_score", "credit score 742", None),
    ("risk_score", "risk engine output: 91", 91),
    ("risk_score", '"risk":{"score":7', 7),
    ("risk_score", "score=12 threshold=50", 12),
    ("risk_score", "risk score of 66, above the limit of 60", 66),
    ("risk_score", "a score of thirty-one", 31),
    ("risk_score", "device score 20", None),
    ("risk_score", "The engine rated it 78.", 78),
    ("risk_score", "score was 0", 0),
    ("decision", "auth=DECLINED", "declined"),
    ("decision", "queued for manual review", "manual_review"),
    ("decision", "it went to an analyst for review", "manual_review"),
    ("decision", "approved", "approved"),
    ("decision", "not approved", None),
    ("decision", "decision: APPROVE", "approved"),
    ("decision", "The issuer refused the payment.", "declined"),
    ("decision", "Her previous order was declined.", None),
    ("decision", "step-up to manual review", "manual_review"),
    ("decision", "authorised straight away", "approved"),
    ("decision", "The chargeback was declined.", None),
    ("decision", "her loan was approved", None),
    ("decision", "auth_result=00 approved", "approved"),
    ("decision", "action=REVIEW", "manual_review"),
    ("decision", "outcome: BLOCK", "declined"),
    ("decision", "it was let through", "approved"),
    ("decision", "Payment accepted.", "approved"),
    ("decision", "approval limit", None),
    ("decision", "held pending review", "manual_review"),
    ("decision", "The card was blocked afterwards.", None),
    ("chargeback", "no CB", "no"),
    ("chargeback", "chargeback filed 3 Sept", "yes"),
    ("chargeback", "dispute raised, chargeback received", "yes"),
    ("chargeback", "No dispute or chargeback so far.", "no"),
    ("chargeback", "cb=N", "no"),
    ("chargeback", "chargeback: yes", "yes"),
    ("chargeback", "She may still file a chargeback.", None),
    ("chargeback", "The chargeback window is 120 days.", None),
    ("chargeback", "chargebacks: 0", "no"),
    ("chargeback", "a chargeback came in on Monday", "yes"),
    ("chargeback", "The holder has not raised any chargeback.", "no"),
    ("chargeback", "chargeback_flag=1", "yes"),
    ("chargeback", "chargeback_flag=false", "no"),
    ("chargeback", "An earlier chargeback from 2021 is unrelated.", None),
    ("chargeback", "no chargeback was ever lodged", "no"),
    ("chargeback", "The cardholder charged it back.", "yes"),
    ("chargeback", "nobody filed a chargeback", "no"),
    ("chargeback", "without a chargeback", "no"),
    ("ip_country", "IP country matches issuing country.", "match"),
    ("ip_country", "geo mismatch", "mismatch"),
    ("ip_country", "ip_match=Y", "match"),
    ("ip_country", "The IP was abroad.", "mismatch"),
    ("ip_country", "IP and card are from different countries.", "mismatch"),
    ("ip_country", "ip=US card=US", "match"),
    ("ip_country", "ip_country=BR card_country=US", "mismatch"),
    ("ip_country", "French IP, French card.", "match"),
    ("ip_country", "The IP is in Spain while the card was issued in Norway.", "mismatch"),
    ("ip_country", "IP geolocates to the card's home country.", "match"),
    ("ip_country", "country check: pass", "match"),
    ("ip_country", "The IP country does not match.", "mismatch"),
    ("ip_country", "foreign IP", "mismatch"),
    ("ip_country", "same country for IP and card", "match"),
    ("ip_country", "ip_country_match=false", "mismatch"),
    ("ip_country", "AVS match, CVV match", None),
]
"""What one sentence says of one variable; None: no definite value."""


@pytest.mark.parametrize(("variable", "text", "value"), READINGS, ids=[text for _, text, _ in READINGS])
def test_reads_how_fraud_desks_write(variable, text, value):
    found = EXTRACTOR.extract(text).values_by_variable()[variable]
    if value is None:
        assert found in (None, "uncertain", "conflict")
    else:
        assert same(variable, found, value)


FIELDS = [
    ('{"known_device":true,"chargeback":false}', {"device": "known", "chargeback": "no"}),
    ("is_fraud=0 chargeback=1", {"fraud": "no", "chargeback": "yes"}),
    ("known_device=false fraud=true", {"device": "new", "fraud": "yes"}),
    ("compromised=no fraud=no cb=no", {"card_compromised": "no", "fraud": "no", "chargeback": "no"}),
    ("ip_match=Y, fraud=N", {"ip_country": "match", "fraud": "no"}),
    ('{"compromised":true,"fraud":true}', {"card_compromised": "yes", "fraud": "yes"}),
    ("vel_1h=0 score=0", {"velocity_1h": 0, "risk_score": 0}),
]


@pytest.mark.parametrize(("line", "expected"), FIELDS, ids=[line for line, _ in FIELDS])
def test_each_field_keeps_its_own_answer(line, expected):
    assert stated(line) == expected
