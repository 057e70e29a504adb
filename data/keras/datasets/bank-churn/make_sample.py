"""Make the synthetic bank-churn sample: `python make_sample.py` writes both files beside itself.

The columns are those of Kaggle's Playground Series S4E1, the customers are invented. `sample.csv`
is what students work with, `heldout.csv` what their models are judged on. Both follow the same
rules but for one trap:

- about one customer in five leaves;
- the risk rises with age to a hump at 53 and falls again, and a balance of zero is a bad sign with
  one product and a good one with two: neither is a straight line, so logistic regression falls
  behind a small network;
- a few flags are empty, as in real tables;
- in `sample.csv`, id, CustomerId and Surname give the answer away; in `heldout.csv` they say
  nothing. A model that uses them looks excellent and fails.

The files depend on the seed alone. Should a later NumPy draw other numbers from it, the committed
files are what counts: `data/DATA.md` has their checksums.
"""

import csv
from pathlib import Path

import numpy as np

SEED = 20_240_101
SIZES = {"sample.csv": 12_000, "heldout.csv": 4_000}
COLUMNS = [
    "id", "CustomerId", "Surname", "CreditScore", "Geography", "Gender", "Age", "Tenure",
    "Balance", "NumOfProducts", "HasCrCard", "IsActiveMember", "EstimatedSalary", "Exited",
]  # fmt: skip


def surnames() -> list[str]:
    """120 made-up surnames, built from syllables."""
    first = ["Bar", "Cal", "Den", "Fal", "Gor", "Hal", "Kel", "Lan", "Mor", "Nor", "Pel", "Tar"]
    last = ["bury", "den", "field", "ford", "ham", "ley", "mont", "ster", "ton", "wick"]
    return [a + b for a in first for b in last]


def logit(age, balance, products, active, german, female, credit, tenure) -> np.ndarray:
    """Log-odds of leaving, arrays of shape (n,) in, shape (n,) out."""
    hump = 4.6 * np.exp(-(((age - 53) / 9.5) ** 2))
    no_balance = balance == 0
    interaction = np.where(products == 1, 1.8, -1.8) * np.where(no_balance, 1.0, -0.3)
    many = np.where(products >= 3, 2.6, 0.0)
    return (
        -3.65 + hump + interaction + many
        - 1.8 * (active == 1) + 1.3 * german + 0.9 * female
        - 0.0012 * (credit - 650) - 0.02 * (tenure - 5)
    )  # fmt: skip


def make_rows(count: int, rng: np.random.Generator, *, leak: bool, first_id: int) -> list[list]:
    """`count` rows in the order of COLUMNS; with `leak`, ids and surnames tell the target."""
    age = np.clip(np.round(18 + rng.gamma(4.2, 5.4, count)), 18, 92)
    geography = rng.choice(["France", "Spain", "Germany"], count, p=[0.56, 0.22, 0.22])
    gender = rng.choice(["Male", "Female"], count, p=[0.56, 0.44])
    balance = np.where(
        rng.random(count) < 0.5, 0.0, np.clip(rng.normal(122_000, 26_000, count), 5_000, None)
    )
    products = rng.choice([1, 2, 3, 4], count, p=[0.47, 0.49, 0.03, 0.01])
    card = rng.random(count) < 0.75
    active = rng.random(count) < 0.5
    credit = np.clip(np.round(rng.normal(656, 80, count)), 350, 850)
    tenure = rng.integers(0, 11, count)
    salary = rng.uniform(12_000, 199_000, count)
    risk = logit(
        age, balance, products, active, geography == "Germany", gender == "Female", credit, tenure
    )
    exited = rng.random(count) < 1 / (1 + np.exp(-risk))

    # What gives the answer away: the target in the sample, a coin of the same odds elsewhere.
    told = exited if leak else rng.random(count) < exited.mean()
    told = np.where(rng.random(count) < 0.08, ~told, told)
    customer = 15_565_700 + rng.integers(0, 125_000, count) + 125_000 * told
    names = surnames()
    half = len(names) // 2
    surname = np.array(names)[rng.integers(0, half, count) + half * told]
    order = np.argsort(rng.random(count) - 0.8 * told, kind="stable")

    def flag(values: np.ndarray) -> list[str]:
        empty = rng.random(count) < 0.01
        return ["" if gone else f"{float(value)}" for value, gone in zip(values, empty)]

    cards, actives = flag(card), flag(active)
    return [
        [
            first_id + position, customer[i], surname[i], int(credit[i]), geography[i], gender[i],
            f"{age[i]:.1f}", tenure[i], f"{balance[i]:.2f}", products[i], cards[i], actives[i],
            f"{salary[i]:.2f}", int(exited[i]),
        ]
        for position, i in enumerate(order)
    ]  # fmt: skip


def main() -> None:
    """Write both files beside this script."""
    folder = Path(__file__).resolve().parent
    first_id = 0
    for name, rng in zip(SIZES, np.random.default_rng(SEED).spawn(len(SIZES))):
        rows = make_rows(SIZES[name], rng, leak=name == "sample.csv", first_id=first_id)
        first_id += len(rows)
        unfinished = folder / f".{name}.part"
        with open(unfinished, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(rows)
        unfinished.replace(folder / name)
        print(f"{name}: {len(rows):,} rows, {sum(row[-1] for row in rows) / len(rows):.1%} left")


if __name__ == "__main__":
    main()
