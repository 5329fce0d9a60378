# ruff: noqa: E501  # texts read best in one piece
"""Texts written for the project in the style of each domain, without knowledge of the words that the model knows."""

from __future__ import annotations

TEXTS: tuple[tuple[str, str], ...] = (
    ("business", "Revenue for the quarter rose four per cent to 212 million, while operating costs fell because the group closed two warehouses. The board proposes a dividend of thirty cents a share and expects margins to hold through next year."),
    ("business", "The supplier asked for payment within thirty days, and our treasurer would rather keep the cash for sixty. A discount for early payment may suit both companies, as long as the bank does not raise the rate on the credit line."),
    ("business", "Investors wanted to know how management sees the risk of higher interest rates. The chief executive answered that most of the debt is fixed until 2031 and that the firm has no plans to raise capital."),
    ("academic", "We examine whether the order of questions affects response rates in postal surveys. Using data from 1,204 households, a mixed model shows a small but significant effect (p = 0.03), which does not persist after controlling for age."),
    ("academic", "This paper proposes a sparse attention mechanism whose complexity grows linearly with sequence length. Experiments on three benchmarks show that the proposed method outperforms the baseline while requiring half of the parameters."),
    ("academic", "Patients with chronic pain were randomised to either exercise or usual care for twelve weeks. The primary outcome was pain intensity at follow-up; secondary outcomes included sleep quality and the use of analgesics."),
    ("news", "Police have closed the bridge at Harrow Lane after a lorry struck the railings early on Tuesday. A spokesman said that nobody was hurt and that the road would reopen in the evening. Drivers were told to use the ring road."),
    ("news", "The council voted on Monday to sell the old swimming pool, a decision that residents have fought for two years. Opposition members said they would appeal. The mayor told reporters that repairs would have cost nine million."),
    ("news", "United came from two goals down to draw with City on Saturday, and the manager praised his young midfielder after the match. The striker, who missed a penalty in the first half, said the side deserved a point."),
    ("fiction", "She held the lantern up and saw the door, smaller than she remembered, its paint gone grey. Behind her the stairs creaked. \"You should not have come back,\" said a voice, and she knew before she turned whose it was."),
    ("fiction", "The ship had been silent for nine hundred years when the captain opened his eyes. Frost slid from the glass. Somewhere below, something was knocking, slowly, the way a patient man knocks on the door of a house he owns."),
    ("fiction", "My grandmother kept the letters in a biscuit tin under the bed, and after the funeral my brother and I sat on the floor and could not open it. He looked at me. I looked at the rain. Nobody said her name."),
    ("personal", "Hey, sorry I missed your call last night, I fell asleep on the sofa lol. Do you still want to come over on Friday? Mum is making that soup you like. Let me know if you need a lift from the station!"),
    ("personal", "So today was weird. I woke up late, forgot my bag, and then my boss asked me if I was ok because I looked so tired. I just want this week to be over. At least I get to see Tom on Sunday, I really miss him."),
    ("personal", "Hi Ana, how are you? We got back from the lake yesterday and the kids are still sunburnt. I will send you the pictures when I find the cable. Thanks again for feeding the cat, you are the best!"),
    ("review", "I ordered the lamb and my wife had the fish. The food was good but the service was slow, and the waiter forgot our drinks twice. The place is nice, though a bit loud. I would give it three stars and maybe try it again."),
    ("review", "This kettle looks great and boils quickly, but after two weeks the lid would not close. I bought it because of the good reviews and I am disappointed. I would not recommend this product; save your money."),
    ("review", "The film starts slowly and never quite wakes up. The acting is fine, the plot is predictable, and the ending made me laugh for the wrong reasons. If you liked the director's first movie, you will find this one boring."),
    ("reference", "The fortress was built in the thirteenth century on a hill above the river and was enlarged several times. It is the oldest surviving building of the region and, since 1954, has housed a museum of local history."),
    ("reference", "Handball is a team sport in which two teams of seven players each pass a ball with their hands and try to throw it into the goal of the other team. A match consists of two periods of thirty minutes."),
    ("reference", "The ministry is responsible for public health, the licensing of medicines and the supervision of hospitals. It was established in 1948 and is headed by a minister who is a member of the cabinet."),
    ("religious", "And the prophet went up to the mountain, and the people waited at its foot. He prayed to the Lord for them, that their sins be forgiven, and blessed the house of their fathers and all who kept the covenant."),
    ("religious", "Faith is not the absence of doubt. When we pray, God hears us even in our silence, and through the grace of Christ we are called to love our neighbours, to forgive, and to trust in the promise of the Gospel."),
    ("essay", "Many people believe that students should wear uniforms to school. In my opinion this is a good idea because it helps students to focus on their work. First, when everyone looks the same there is less bullying."),
    ("essay", "In conclusion, technology has both advantages and disadvantages for young people. It is important for parents to teach their children how to use it in the right way, so that they can succeed in school and in life."),
    ("marketing", "Introducing the Harbour jacket: handcrafted, waterproof and perfect for every season. Order today and save twenty per cent, with free shipping and a limited gift. Join our newsletter for exclusive offers."),
    ("marketing", "Ready to love your mornings? Discover our bestselling blends, roasted to order. Subscribe now, get your first bag free, and cancel whenever you like. Your satisfaction is guaranteed or we refund every cent."),
    ("marketing", "Spring sale starts now! Shop the new collection and unlock exclusive deals for members. Sign up today, enter the promo code at checkout, and enjoy free delivery on every order over fifty."),
    ("technical", "Install the package with the command below and set the path of the configuration file. The server reads the file on start; a wrong option stops it with an error. Restart the process after each update of the library."),
    ("technical", "The function takes two parameters, a path and a timeout, and returns a response object. If the request fails, the client retries three times before it raises an exception. Set the log level to debug to see each query."),
    ("technical", "Press the power button until the screen lights up, then open the settings menu and choose Update firmware. Do not disconnect the cable while the device restarts. If the sensor reports an error, reboot and retry."),
)  # fmt: skip
