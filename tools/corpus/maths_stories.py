"""The stories of the near maths problems: per kind, templates over {n} (name), {m} (another name), {t} (things), {a} {b} {c}.

{s} is he/she, {p} his/her, {o} him/her, all of {n}. Every kind says in `maths.py` how its operands combine.
"""

GIRLS = "Mia Ana Lena Zoe Sara Nina Ada Ruth Ines Maya Tara Yuki Olga Leila Rosa Emma".split()
BOYS = "Tom Ben Omar Ivan Leo Sam Raj Paul Hugo Noah Kofi Luis Karl Emil Ravi Jack".split()
THINGS = (
    "apples marbles stamps books coins shells pencils cards stickers buttons beads cookies plums tickets photos "
    "stones nuts pears cups flowers eggs toys songs letters"
).split()

STORIES = {
    "add": [
        "{n} has {a} {t}. {m} gives {o} {b} more. How many {t} does {n} have now?",
        "{n} counts {a} {t} on Monday and {b} on Tuesday. How many {t} is that in all?",
        "There are {a} {t} in one box and {b} in another. How many {t} are there together?",
        "{n} picks {a} {t} and {m} picks {b}. How many {t} do they have together?",
        "A shop sells {a} {t} in the morning and {b} in the afternoon. How many does it sell that day?",
        "{n} is {a} years old. {p} aunt is {b} years older. How old is the aunt?",
        "The bus has {a} people on it and {b} more get on. How many people are on the bus?",
        "{n} runs {a} minutes today and {b} minutes the next day. How many minutes does {s} run?",
    ],
    "sub": [
        "{n} has {a} {t} and gives {b} of them to {m}. How many {t} are left?",
        "A baker makes {a} rolls and sells {b}. How many rolls are left?",
        "There are {a} {t} on the table. {n} takes {b} away. How many {t} remain?",
        "{n} wants to read {a} pages and has read {b}. How many pages are still to read?",
        "{n} has {a} {t}. {m} has {b} fewer. How many {t} does {m} have?",
        "A train carries {a} people and {b} get off. How many people stay on the train?",
        "{n} saves {a} dollars and spends {b}. How many dollars does {s} keep?",
        "The rope is {a} feet long. {n} cuts off {b} feet. How long is the rest?",
    ],
    "mul": [
        "There are {a} boxes with {b} {t} in each. How many {t} are there?",
        "{n} buys {a} bags of {b} {t}. How many {t} is that?",
        "Each of {a} children has {b} {t}. How many {t} do they have in all?",
        "{n} reads {b} pages a day for {a} days. How many pages does {s} read?",
        "A hall has {a} rows of {b} seats. How many seats are in the hall?",
        "One ticket costs {b} dollars. How much do {a} tickets cost?",
        "{n} puts {b} {t} on each of {a} shelves. How many {t} are on the shelves?",
    ],
    "add_add": [
        "{n} has {a} {t}, {m} has {b}, and a friend has {c}. How many {t} do they have together?",
        "{n} finds {a} {t} on Friday, {b} on Saturday and {c} on Sunday. How many {t} does {s} find?",
        "A shop sells {a} red, {b} blue and {c} green {t}. How many {t} does it sell?",
        "There are {a} {t} in the first box, {b} in the second and {c} in the third. How many are there in all?",
        "{n} walks {a} minutes, then {b}, then {c}. How many minutes does {s} walk in all?",
    ],
    "add_sub": [
        "{n} has {a} {t}. {s} gets {b} more and then gives {c} to {m}. How many {t} does {n} have now?",
        "A bus has {a} people on it. {b} get on and {c} get off. How many people are on the bus?",
        "{n} saves {a} dollars, earns {b} and spends {c}. How many dollars does {s} have?",
        "A farm has {a} hens. It buys {b} and sells {c}. How many hens are there now?",
        "{n} bakes {a} rolls in the morning and {b} at noon, and sells {c}. How many rolls are left?",
    ],
    "sub_sub": [
        "{n} has {a} {t}. {s} gives {b} to {m} and loses {c}. How many {t} are left?",
        "A shop has {a} {t}. It sells {b} on Monday and {c} on Tuesday. How many {t} are left?",
        "{n} has {a} dollars, pays {b} for a coat and {c} for a hat. How many dollars are left?",
        "A train has {a} people. {b} get off at the first stop and {c} at the next. How many stay on?",
        "The book has {a} pages. {n} reads {b} on one day and {c} on the next. How many pages are left?",
    ],
    "mul_add": [
        "{n} has {a} boxes of {b} {t} and {c} loose ones. How many {t} does {s} have?",
        "{n} buys {a} bags with {b} {t} each. At home {s} has {c} more. How many {t} is that in all?",
        "{n} works {a} hours for {b} dollars an hour and gets a tip of {c} dollars. How much does {s} earn?",
        "There are {a} tables with {b} chairs each and {c} chairs by the wall. How many chairs are there?",
        "{n} learns {b} words a day for {a} days. Before that {s} knew {c}. How many words does {s} know?",
    ],
    "mul_sub": [
        "{n} has {c} dollars and buys {a} hats for {b} dollars each. How many dollars are left?",
        "There are {c} {t}. {n} fills {a} bags with {b} {t} each. How many {t} are left over?",
        "{n} wants {c} {t} and has {a} boxes of {b}. How many {t} are missing?",
        "A hall has {c} seats. {a} rows of {b} seats are taken. How many seats are free?",
        "{n} must read {c} pages. {s} reads {b} pages a day for {a} days. How many pages are left?",
    ],
    "add_mul": [
        "{n} eats {a} plums and {b} nuts each day. How many is that in {c} days?",
        "Each bag holds {a} red and {b} blue {t}. How many {t} are in {c} bags?",
        "A ticket costs {a} dollars and a drink {b} dollars. How much do {c} people pay for both?",
        "{n} runs {a} miles and walks {b} miles each day. How many miles is that in {c} days?",
    ],
    "add_div": [
        "{n} has {a} {t} and {m} has {b}. They share them equally with friends, {c} people in all. How many does each get?",
        "A cook has {a} red and {b} green {t} and puts {c} on each plate. How many plates are filled?",
        "{a} girls and {b} boys form teams of {c}. How many teams are there?",
        "{n} packs {a} old and {b} new {t} into {c} equal boxes. How many {t} are in each box?",
    ],
}
