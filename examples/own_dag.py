"""Notes for a DAG of one's own: four variables in networkx, a lexicon of a few lines.

Run it with ``python examples/own_dag.py``; it needs no network.
"""

import networkx as nx

import causalsynth
from causalsynth import SCM, CategoricalTable, Domain

graph = nx.DiGraph([("stress", "sleep"), ("coffee", "sleep"), ("stress", "headache"), ("sleep", "headache")])
states = {
    "stress": ("high", "low"),
    "coffee": ("yes", "no"),
    "sleep": ("poor", "good"),
    "headache": ("yes", "no"),
}

# One table a variable: for each combination of the parents' states the probabilities of its own states, in order.
tables = {
    "stress": ((), {(): (0.3, 0.7)}),
    "coffee": ((), {(): (0.4, 0.6)}),
    "sleep": (
        ("stress", "coffee"),
        {
            ("high", "yes"): (0.9, 0.1),
            ("high", "no"): (0.6, 0.4),
            ("low", "yes"): (0.4, 0.6),
            ("low", "no"): (0.1, 0.9),
        },
    ),
    "headache": (
        ("stress", "sleep"),
        {
            ("high", "poor"): (0.8, 0.2),
            ("high", "good"): (0.4, 0.6),
            ("low", "poor"): (0.3, 0.7),
            ("low", "good"): (0.05, 0.95),
        },
    ),
}
scm = SCM.from_networkx(
    graph,
    {name: CategoricalTable.from_rows(states[name], parents, rows, states) for name, (parents, rows) in tables.items()},
    name="headache",
)

domain = Domain.from_yaml(
    """
domain: headache
title: notes of a general practice
opening: ["{age}-year-old {person}, seen this morning."]
variables:
  stress:
    label: stress
    states:
      high: {means: the patient is under great stress, say: ["{He} is under great stress."], assert: [great stress]}
      low: {means: the patient leads a calm life, say: ["{He} leads a calm life."], assert: [calm life]}
  coffee:
    label: coffee
    absent: no
    states:
      yes: {means: the patient drinks coffee, say: ["{He} drinks coffee every day."], assert: [drinks coffee]}
      no: {means: the patient drinks no coffee, say: ["{He} never drinks coffee."], assert: [never drinks coffee]}
  sleep:
    label: sleep
    states:
      poor: {means: the patient sleeps badly, say: ["{He} sleeps badly."], assert: [sleeps badly, insomnia]}
      good: {means: the patient sleeps well, say: ["{He} sleeps well."], assert: [sleeps well]}
  headache:
    label: headache
    absent: no
    states:
      yes: {means: the patient has headaches, say: ["{He} has headaches."], assert: [headaches, headache]}
      no: {means: the patient has no headaches, say: ["{He} has no headaches."]}
"""
)

result = causalsynth.generate(scm, domain, "grammar", n=5, seed=7)
for record in result.records:
    print(f"[{record.index}] {record.status}: {dict(record.skeleton)}")
    print(record.text)
    print()
print(result.to_frame()[["_index", "status", "skeleton.sleep", "extracted.sleep"]])

print("\nThe same five patients, had they all slept well:")
for record in causalsynth.generate(scm.do(sleep="good"), domain, "grammar", n=5, seed=7).records:
    print(f"[{record.index}] {dict(record.skeleton)}")
