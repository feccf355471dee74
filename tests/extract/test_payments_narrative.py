"""Payments told at length: other purchases, other windows, asides between a number and what it is of."""

import pytest

from causalsynth.domain import Domain
from causalsynth.extract import Extractor

EXTRACTOR = Extractor(Domain.load("payments").lexicon)

READ = [
    # -- counts and their windows
    ("velocity_1h", "Nothing else had gone through in the previous hour.", 0),
    ("velocity_1h", "There had not been a single payment during the hour before.", 0),
    ("velocity_1h", "The hour before it was entirely empty of other transactions.", 0),
    ("velocity_1h", "Nowt in the last hour.", 0),
    (
        "velocity_1h",
        "Nothing was put through in the hour before, although there were nine payments over the day.",
        0,
    ),
    ("velocity_1h", "One further payment, a taxi, had gone through on the card in the past hour.", 1),
    ("velocity_1h", "Just the one transaction in the last hour.", 1),
    ("velocity_1h", "Four transactions in the past hour (and eight since midnight).", 4),
    ("velocity_1h", "Rate: 2 payments in the past hour, 6 today.", 2),
    ("velocity_1h", "The card was used three times in the past hour.", 3),
    ("velocity_1h", "The fourth order in the space of an hour.", 4),
    ("velocity_1h", "Two payments in the past hour, one of them a $5 coffee.", 2),
    # -- amounts of other purchases
    ("amount_usd", "It cost $88.20. One other payment fell in the past hour, a $14.10 lunch.", 88.2),
    ("amount_usd", "It cost $88.20; her previous order, a month earlier, had been for $19.99.", 88.2),
    ("amount_usd", "It cost $88.20. He has used it since at the chemist for $7.45.", 88.2),
    ("amount_usd", "It cost $88.20. The $50.00 you saw there is only a hold.", 88.2),
    ("amount_usd", "A chargeback over $88.20 was raised.", 88.2),
    ("amount_usd", "The sum in question is $88.20.", 88.2),
    ("amount_usd", "She paid $88.20, rather more than her usual $20.", 88.2),
    ("merchant_category", "Fuel. There was one other payment in the past hour, at a hotel.", "fuel"),
    # -- numbers behind an aside
    ("risk_score", "The engine, which had scored the earlier one at 6, gave this one a 24.", 24),
    ("risk_score", "The score, which nobody doubts, was 24.", 24),
    ("risk_score", "What did it score?\n24.", 24),
    ("risk_score", "Our model had it at 24.", 24),
    ("account_age_days", "The account was 640 days old on the day.", 640),
    ("account_age_days", "Her account had been open for a mere 40 days.", 40),
    ("account_age_days", "He has been a customer in our upper tier these 640 days.", 640),
    ("account_age_days", "a family firm (account opened 640 days ago)", 640),
    # -- turns of phrase
    ("card_compromised", "The card was not, so far as we know, compromised.", "no"),
    ("card_compromised", "The card has been with its owner all along.", "no"),
    ("card_compromised", "The number had been skimmed at a car park.", "yes"),
    ("card_compromised", "She read out the card number to a bogus caller.", "yes"),
    ("device", "from a phone which has been on her account since 2019", "known"),
    ("device", "The tablet had been used on this account before.", "known"),
    ("device", "The laptop was never before seen in our system.", "new"),
    ("device", "DEVICE hash=77 status=RECOGNISED", "known"),
    ("device", "The handset used for the payment was brand new to us.", "new"),
    ("ip_country", "through an address in a country other than the one in which the card was issued", "mismatch"),
    ("ip_country", "The IP address lies in a country different from the card's.", "mismatch"),
    ("ip_country", "The IP was not in the country of the card.", "mismatch"),
    ("ip_country", "The IP address, like the card, is Swedish.", "match"),
    ("channel", "He paid on the ferry line's booking page.", "online"),
    ("channel", "pos=ECOM", "online"),
    ("channel", "She used it in person: it was used in store.", "card_present"),
    ("decision", "It is still in the manual review queue.", "manual_review"),
    ("decision", "A score below the manual-review threshold of 50, so it was approved.", "approved"),
    ("decision", "The limit for automatic refusal being 80, it was therefore declined.", "declined"),
    ("decision", "The merchant declined to refund him. We approved the payment.", "approved"),
    ("decision", "The bank has declined the payment.", "declined"),
    ("decision", "It was put on hold pending manual review.", "manual_review"),
    ("card_compromised", "His number was among those exposed in last year's breach.", "yes"),
    ("card_compromised", "Nobody else has had access to the card.", "no"),
    ("velocity_1h", "One other swipe in the last hour, a newspaper.", 1),
    ("chargeback", "She has declined to file a chargeback.", "no"),
    ("chargeback", "He asked us to charge the payment back.", "yes"),
    ("chargeback", "She filed a chargeback saying she never did order it.", "yes"),
    ("velocity_1h", "It came on top of 5 other transactions in the past hour.", 5),
    ("account_age_days", "Your business account, which you have now held for 534 days, is unaffected.", 534),
    ("chargeback", "chargeback.status=FILED reason=goods_not_received", "yes"),
    ("chargeback", "chargeback.state=RAISED reason=service_not_provided", "yes"),
    ("chargeback", "chargeback.status: LODGED", "yes"),
    ("chargeback", "chargeback_status=OPENED reason_code=10.4", "yes"),
    ("chargeback", "chargeback.status=NOT_FILED", "no"),
    ("chargeback", "chargeback.status=NONE reason=n/a", "no"),
    ("risk_score", "score risk=31 model=v4.1 shadow_model=64", 31),
    ("fraud", "Cards Fraud, Leeds. The purchase was genuine.", "no"),
    ("fraud", "The order might look fraudulent, but it is not.", "no"),
    ("ip_country", "The IP country of the till's connection is the same as the card's country.", "match"),
    ("amount_usd", "amount=31.90 ccy=USD count_24h=3 sum_24h=88.10", 31.9),
    ("merchant_category", "An electronics shop; he ordered it on the hotel computer.", "electronics"),
    ("merchant_category", "Grocery purchase. Two more in the hour (fuel + pharmacy).", "groceries"),
    ("merchant_category", "Queue: Travel & Fuel. A petrol purchase.", "fuel"),
    ("risk_score", "Score 77. Staff cards 4 and 5 scored 6 and 11.", 77),
    ("device", "ann: device?\nbo: known device\nann: is the card on the list?\nbo: no, her sister's is", "known"),
    ("merchant_category", "ann: the travel agent one?\nbo: ya\nann: ok\nbo: bye", "travel"),
]
NOT_READ = [
    ("account_age_days", "The phone, which she has now held for 534 days, was replaced."),
    ("velocity_1h", "There was not a single mention of the past hour."),
    ("decision", "Four payments had been put through in the past hour."),
    ("decision", "The shop declined to comment."),
    ("decision", "She put it through the card machine."),
    ("chargeback", "It is not often that a chargeback reaches this desk."),
    ("amount_usd", "Her previous order, a month earlier, had been for $19.99."),
    ("amount_usd", "An earlier quote of $410.00 had lapsed."),
    ("risk_score", "The engine sent it to one of us."),
    ("channel", "His number was for sale on the dark web."),
    ("fraud", "TICKET FRD-20117"),
    ("merchant_category", "Team: Fuel & Grocery"),
    ("channel", "The terminal's connection was slow."),
    ("fraud", "The order might be fraudulent, but it is not clear."),
    ("fraud", "From: Payments & Fraud, Hull"),
]


@pytest.mark.parametrize(("variable", "text", "value"), READ, ids=[text for _, text, _ in READ])
def test_reads(variable, text, value):
    assert EXTRACTOR.extract(text).values_by_variable()[variable] == value


@pytest.mark.parametrize(("variable", "text"), NOT_READ, ids=[text for _, text in NOT_READ])
def test_states_nothing(variable, text):
    assert EXTRACTOR.extract(text).values_by_variable()[variable] in (None, "uncertain")
