"""Situations kept for the far test: nothing in the warm-up or the training data uses them."""

PAGE = """
key: statue
sub: art, neighbourhood
rel: sculptor, mayor
mood: cross
obj: bronze goose, stone whale, glass onion, wooden giant
spot: outside my bakery, beside the tram stop, in our courtyard, by the playground
a: start a petition, speak at the council, paint it pink
b: grow fond of it, look the other way, sell postcards of it
title: {a_obj} appeared {spot} / Who ordered the {obj}?
- {dur} ago a crane lowered {a_obj} into place {spot} in {town}. / Here in {town} {a_obj} has stood {spot} for {dur}, as tall as a bus.
- The {rel}, {n}, calls it a gift to the district, though none of us was consulted.
- Tourists climb on it [from dawn|all morning], and pigeons have [claimed the top|moved in].
- I complained politely, and {he} replied that great art [always disturbs|needs patience].
? My daughter waves to it every morning.
? It hums when the wind blows.
tiny: {n}'s {obj} again. / {a_obj}! / A new {obj}.
short: {n} put {a_obj} {spot}. / {a_obj} stands {spot}.
core: The {rel} {n} put {a_obj} {spot}. / For {dur} {n}'s {obj} has stood {spot}.
more: Tourists climb on it, and {he} says that art needs patience. / I complained, but {he} calls it a gift to the district.

key: beehive
sub: beekeeping, balcony
rel: tenant, caretaker
mood: worry
obj: beehive, pigeon loft, chicken coop, worm farm
spot: on our roof, on the balcony, in the courtyard, above my window
dur: two weeks, three weeks, six weeks, a month, two months
a: read the house rules, suggest a vote, visit it with a veil on
b: enjoy the company, ask for a jar of honey, close my shutters
title: The {obj} {spot} / Is {a_obj} allowed {spot}?
- Our {rel} {n} installed {a_obj} {spot} here in {town} {dur} ago. / {dur} ago {a_obj} turned up {spot} of our block in {town}, courtesy of our {rel} {n}.
- Some residents [find it charming|adore it], while I am [rather wary|wary of anything that buzzes or scratches].
- {n} hands out leaflets about nature and answers every worry with a recipe.
- Nobody [signed anything|was asked to sign], and the insurance company has not replied yet.
? Children press their noses to the glass.
? It smells faintly of summer.
tiny: {n} has {a_obj}. / {a_obj} {spot}.
short: Our {rel} {n} put {a_obj} {spot}. / {n} keeps {a_obj} {spot}.
core: Our {rel} {n} installed {a_obj} {spot}. / For {dur} {n} has kept {a_obj} {spot}.
more: Nobody was asked, and the insurance has not replied. / I am wary of it, and the insurance has not replied.

key: podcast
sub: podcasting, hobbies
rel: co-host, producer, editor
mood: worry
obj: microphone, jingle, archive, website, mailing list
theme: lighthouses, medieval cheese, lost umbrellas, volcanoes
dur: three weeks, six weeks, a month, two months
a: continue solo, hire a substitute, record an honest farewell
b: pause the show, rerun old episodes, beg {him} to return
title: My {rel} quit and took the {obj} / A podcast on {theme} without {n}?
- From a cupboard in {town} my {rel} {n} and I make a podcast on {theme}. / {n} and I produce a podcast on {theme} from a cupboard in {town}; {n} is my {rel}.
- {dur} ago {he} quit by voice message and kept the {obj}.
- Listeners keep [writing in|sending postcards], and the sponsor, a sock company, [expects|demands] ten more episodes.
- {n} claims that the {obj} was {his} invention from the start.
? Our record is forty listeners.
? I still laugh at our first episode.
tiny: {n} took the {obj}. / {n} quit our podcast.
short: My {rel} {n} quit and kept the {obj}. / {n} left our podcast on {theme}.
core: My {rel} {n} quit our podcast and kept the {obj}. / {n} left our podcast on {theme} with the {obj}.
more: Listeners keep writing, and the sponsor expects ten episodes. / {He} left {dur} ago and claims that the {obj} is {his}.

key: allotment_record
sub: giantvegetables, contests
rel: rival, nemesis, brother-in-law/sister-in-law
mood: cross
obj: pumpkin, marrow, cabbage, turnip, leek
trick: a hidden brick, injected water, a borrowed sticker, glue
a: demand a second weighing, inform the newspaper, show my photograph
b: congratulate {him}, grow a heavier one, sulk in the shed
title: Second prize after {trick} / My {obj} lost to {trick}
title: Cheating at the {obj} contest
- I raised {a_obj} for the annual show in {town}, singing to it nightly. / For the annual show in {town} I raised {a_obj} the size of a toddler.
- By a whisker it came second, behind the entry of my {rel} {n}.
- {dur} later a cleaner [whispered|confided] to me that {n} had used {trick}.
- The committee [shrugged|looked at its shoes], since {n} also runs the raffle.
? My wife calls it vegetable madness.
? I have the blisters to prove my effort.
tiny: {n} cheated. / {n} used {trick}.
short: {n} beat my {obj} with {trick}. / My {obj} lost to {n}'s trick.
core: My {rel} {n} beat my {obj} by means of {trick}. / My {obj} came second in {town} because {n} cheated.
more: A cleaner told me, but {n} also runs the raffle. / The committee shrugged, since {n} runs the raffle.

key: museum_guide
sub: museums, volunteers
rel: curator, archivist
mood: worry
obj: vase, helmet, tapestry, sundial, skeleton
myth: Vikings used it for soup, a queen sneezed on it, it predicts storms, it was won at cards
a: confess to {n}, publish a correction, resign gracefully
b: stop giving tours, let the legend live, blame the guidebook
title: I invented a legend about {a_obj} / Everyone believes that {myth}
- I volunteer as a guide in the museum of {town}, mostly on rainy weekends. / On rainy weekends I guide visitors through the museum of {town}.
- {dur} ago, bored and mischievous, I told a group that {myth}, pointing at {a_obj}. / Pointing at {a_obj}, I told a bored group {dur} ago that {myth}.
- Yesterday the {rel}, {n}, printed my nonsense on the official label.
- {He} was [thrilled|delighted] with the discovery and has invited a professor.
? The gift shop already sells a magnet.
? In my defence the children applauded.
tiny: I lied about {a_obj}. / I fooled {n}.
short: I told visitors that {myth}. / My legend about {a_obj} fooled {n}.
core: {n} printed my invented legend about {a_obj}. / The {rel} {n} believes my tale that {myth}.
core: The {rel} {n} believes my legend about {a_obj}.
more: {He} is thrilled and has invited a professor to {town}. / A professor is coming, and the label already says so.

key: parcel
sub: delivery, kindness
rel: courier, shopkeeper
mood: worry
obj: accordion, telescope, sewing machine, kayak, wig
address: the mosque, the lighthouse keeper, a clown school, the retired admiral
a: deliver it personally, return it to the depot, phone the sender
b: keep practising, wait for a claim, pretend it never came
title: I received {a_obj} meant for {address} / Somebody else's {obj}
- A parcel arrived at my door in {town} {dur} ago, [soaked|dented] and with no label. / {dur} ago a parcel with no label arrived at my door in {town}.
- Inside lay {a_obj}, wrapped in newspaper, which I certainly never ordered.
- Now the {rel}, {n}, admits that it was intended for {address}.
- {n} begs me to say nothing, because one more mistake would end {his} contract.
? I confess that I have tried it out.
? My goldfish was unimpressed.
tiny: I got a stray {obj}. / {n} lost {a_obj}.
tiny: {n} mixed it up.
short: {n} brought me a stray {obj}. / I have {a_obj} for {address}.
core: The {rel} {n} brought me {a_obj} for {address}. / My {obj} was intended for {address}, admits {n}.
more: {n} begs me to say nothing, or {he} loses the contract. / It came {dur} ago, and {n} begs me to keep quiet.

key: robot
sub: gadgets, eldercare
rel: stepfather/stepmother, father-in-law/mother-in-law, godfather/godmother
mood: worry
obj: robot vacuum, talking kettle, smart mirror, electric blanket
quirk: sings at dawn, insults guests, orders cheese, speaks Latin
a: reset it secretly, cancel the subscription, read the manual together
b: leave them in peace, buy {him} a canary, unplug it at night
title: My {rel} has befriended {a_obj} / The {obj} {quirk}
- My {rel} {n} lives alone on the edge of {town}. / On the edge of {town} lives my widowed {rel} {n}.
- {dur} ago I gave {him} {a_obj}, hoping to lighten the housework.
- Since an update it {quirk}, and {n} finds this enchanting.
- {He} has given it a nickname and [knitted it a hat|introduces it to the mailman], whereas my calls go unanswered.
? The warranty expires shortly.
? It once greeted me by the wrong name.
tiny: {n}'s gadget {quirk}. / The {obj} {quirk}.
tiny: {n} adores a gadget.
short: The {obj} of {n} {quirk}. / {n} has befriended {a_obj}.
core: I gave my {rel} {n} {a_obj}, and now it {quirk}. / My {rel} {n} loves {a_obj} that {quirk}.
more: {He} gave it a nickname, and my calls go unanswered. / Since an update {he} prefers it to my calls.

key: marathon
sub: running, charity
rel: physiotherapist, sponsor, pacemaker
mood: worry
obj: banana, lobster, penguin, saxophone, teabag
pain: a swollen ankle, a sore hip, a twisted knee, a stubborn cough
a: start and walk, postpone to autumn, hand over my bib
b: run regardless, refund the donors, volunteer at a drinks stand
title: A marathon dressed as {a_obj} with {pain} / {pain} before the marathon
- In spring I pledged to run the {town} marathon dressed as {a_obj}. / I pledged to run the marathon in {town} dressed as {a_obj}, for charity.
- Donors were generous, and the costume [cost a fortune|is magnificent].
- For {dur} I have had {pain}, and the race approaches. / The race approaches, and for {dur} I have had {pain}.
- My {rel} {n} [strongly urges|urges] me to rest, though {he} adored the costume.
? Stairs are currently my enemy.
? A local reporter wants an interview.
tiny: {pain}, says {n}. / Run as {a_obj}?
short: {n} urges me to rest, not to race. / I have {pain} before a race.
core: I have {pain} before the {town} marathon. / I pledged to run as {a_obj} but have {pain}.
more: My {rel} {n} urges me to rest, but donors were generous. / Donors were generous, yet {n} urges me to rest.

key: haunted_boat
sub: houseboats, mysteries
rel: skipper, mechanic, fisherman/fisherwoman
mood: worry
obj: houseboat, barge, caravan, windmill
sound: a faint whistle, slow footsteps, distant laughter, a ticking
a: inspect the floorboards, spend a night with {n}, install a recorder
b: resell it cheaply, welcome the ghost, wear headphones
title: My {obj} makes {sound} / {sound} inside my {obj}
- With my savings I purchased {a_obj} on the outskirts of {town} {dur} ago. / {dur} ago I purchased {a_obj} on the outskirts of {town} with my savings.
- Every evening around eleven I hear {sound}, though nobody else is there.
- The {rel}, {n}, who sold it to me, merely winked and mentioned the previous owner.
- Then {he} [vanished|left] on a long voyage, and {his} telephone is disconnected.
? My sceptical nephew heard it too.
? The view compensates for a lot.
tiny: I hear {sound}. / {n} sold me a ghost.
short: My {obj} makes {sound}. / {n} sold me {a_obj} with a ghost.
core: The {obj} that {n} sold me in {town} makes {sound}. / Each evening I hear {sound} in my {obj}.
more: The {rel} {n} winked and then left on a long voyage. / {n} winked, left on a voyage, and cannot be reached.

key: crossword
sub: puzzles, libraries
rel: librarian, pensioner, dentist
mood: cross
obj: crossword, sudoku, chess column, horoscope
method: in green ink, with stickers, in invisible pencil, in rhyme
a: complain to the desk, challenge {him} to a duel, arrive earlier
b: subscribe at home, leave {him} riddles, admire {his} speed
title: Somebody completes the {obj} {method} / The library {obj} thief
- Each dawn I visit the public library in {town} for the newspaper {obj}. / The public library in {town} opens at eight, and I come for the {obj}.
- For {dur} somebody has completed it {method} before me.
- I hid behind the atlases and caught {n}, a cheerful {rel}, red-handed.
- {He} declared that puzzles belong to [the swift|whoever is fastest], and offered me a peppermint.
? The staff find this hilarious.
? I have solved it daily since 1994.
tiny: {n} solves my {obj}. / {n} is too quick.
short: {n} completes the {obj} {method}. / {n} fills in my library {obj}.
core: A {rel}, {n}, completes the library {obj} {method}. / For {dur} {n} has completed my {obj} {method}.
more: {He} declared that puzzles belong to whoever is fastest. / I caught {him}, and {he} offered me a peppermint.
"""
