"""Names, towns, durations, moods and the sentences that every situation shares.

The far lists hold names, towns and openings that no near post uses.
"""

from dataclasses import dataclass

from .tldr_format import expand


@dataclass(frozen=True)
class Words:
    """What all situations of one kind (near or far) draw from."""

    names: tuple[tuple[str, str], ...]
    towns: tuple[str, ...]
    openings: tuple[str, ...]


def _names(he: str, she: str) -> tuple[tuple[str, str], ...]:
    return tuple((n, "he") for n in he.split()) + tuple((n, "she") for n in she.split())


NEAR = Words(
    names=_names(
        "Tom Ben Jack Paul Leo Hugo Omar Ali Amir Luca Marco Diego Pablo Juan Ivan Igor Piotr Lars Sven Erik "
        "Nils Kofi Kwame Tunde Femi Ravi Arjun Kenji Hiro Wei Jin Minh Yusuf Emre Tariq Adam",
        "Anna Emma Lucy Kate Rosa Clara Marta Elena Sofia Ines Lucia Carmen Olga Nadia Irina Ewa Hanna Ingrid "
        "Freya Amina Zara Leila Ama Abena Ngozi Priya Anita Meera Yuki Aiko Mei Ling Linh Mina Aylin Noor Sara Maya",
    ),
    towns=tuple(
        "Leeds Porto Lyon Cork Oslo Turin Ghent Kyoto Lima Quito Accra Lagos Cairo Delhi Pune Seoul Osaka Hanoi "
        "Perth Boston Denver Austin Dallas Miami Bergen Krakow Prague Vienna Graz Bern Basel Milan Naples Seville "
        "Bilbao Dublin Galway York Bath Bristol Tunis Izmir Lisbon Malaga".split()
    ),
    openings=expand(
        "[Hi|Hello|Hey] [all|everyone]. / I need some advice. / Sorry if this is long. / Long time reader, first post. / "
        "I am not sure where to begin. / This may sound silly, but here goes. / Please be kind. / I never post here. / "
        "I could use a second opinion. /  /  / "
    ),
)

FAR = Words(
    names=_names(
        "Otto Felix Bruno Dario Stefan Mateo Rohan Taro Bilal Callum Anton Kwesi Jonas Idris",
        "Greta Nora Alba Bianca Thea Salma Kavya Naomi Esi Petra Moira Celia Jun Farah",
    ),
    towns=tuple(
        "Riga Tallinn Nantes Utrecht Aarhus Antwerp Zagreb Nairobi Kigali Busan Sapporo Cusco Halifax Hobart "
        "Dundee Cardiff Gdansk Cadiz Trieste Bruges".split()
    ),
    openings=expand(
        "Throwaway, since my family reads this. / Good evening from a sleepless person. / Bear with me here. / "
        "Okay, deep breath. / Let me tell you about my month. / "
    ),
)

DURATIONS = (
    "two days",
    "three days",
    "four days",
    "five days",
    "ten days",
    "a week",
    "two weeks",
    "three weeks",
    "six weeks",
    "a month",
    "two months",
    "three months",
)

MOODS = {
    "cross": ("angry", "upset", "annoyed", "hurt", "tired", "sad"),
    "worry": ("worried", "nervous", "torn", "confused", "stressed", "uneasy"),
    "glad": ("happy", "relieved", "grateful", "lucky", "so glad"),
    "mixed": ("happy but nervous", "proud but tired", "excited but shy", "glad but worried"),
}

PLACES = expand(
    "I live in {town}. / We [both|all] live in {town}. / This is in {town}. / We are in {town}[, by the way|]."
)

FEELINGS = expand(
    "[Honestly,|To be honest,|By now] I [am|feel] {mood}. / I feel {mood} [about it|about all this]. / "
    "It has left me {mood}. / Right now I am just {mood}."
)

QUESTIONS = expand(
    "Should I {a} or {b}? / Would you {a} or {b}? / Is it better to {a} or to {b}? / "
    "What would you do: {a} or {b}? / My choice is to {a} or to {b}. / I could {a}, or I could {b}."
)

THANKS = expand(
    "Thanks[| for reading|, all]. / What do you think? / Has anyone been [through this|there]? / "
    "Any advice [helps|is welcome]. /  /  / "
)

SHORT_ASKS = expand("Should I {a}? / Should I {b}? / I am {mood} and may {a}. / I feel {mood} and might {b}.")

ASKS = expand(
    "Should I {a} or {b}? / I [am|feel] {mood}: should I {a} or {b}? / Not sure whether to {a} or {b}. / "
    "I am {mood} and wonder whether to {a} or {b}. / Now I feel {mood}. Do I {a} or {b}?"
)
