"""Units of measurement and money: the dimension of each, and how many of its base unit it holds."""

from __future__ import annotations

from fractions import Fraction

_BASE: dict[str, dict[str, str]] = {
    "second": {
        "1": "s sec secs second seconds",
        "1/1000": "ms millisecond milliseconds",
        "1/1000000": "µs μs microsecond microseconds",
        "60": "min mins minute minutes",
        "3600": "h hr hrs hour hours",
        "86400": "day days",
        "604800": "week weeks",
        "1209600": "fortnight fortnights",
    },
    "month": {
        "1": "month months",
        "3": "trimester trimesters",
        "12": "yr yrs year years",
        "120": "decade decades",
        "1200": "century centuries",
    },
    "metre": {
        "1": "metre metres meter meters",
        "1/100": "cm centimetre centimetres centimeter centimeters",
        "1/1000": "mm millimetre millimetres millimeter millimeters",
        "1/1000000": "µm μm micrometre micrometres micrometer micrometers micron microns",
        "1/1000000000": "nm nanometre nanometres nanometer nanometers",
        "1000": "km kms kilometre kilometres kilometer kilometers",
    },
    "inch": {
        "1": "inch inches",
        "12": "ft foot feet",
        "36": "yd yds yard yards",
        "63360": "mi mile miles",
        "72": "fathom fathoms",
        "7920": "furlong furlongs",
    },
    "gram": {
        "1": "g gram grams gramme grammes",
        "1/1000": "mg milligram milligrams",
        "1/1000000": "mcg µg μg microgram micrograms",
        "1000": "kg kgs kilo kilos kilogram kilograms",
        "1000000": "tonne tonnes",
    },
    "ounce": {"1": "oz ounce ounces", "16": "lb lbs", "224": "stone"},
    "ton": {"1": "ton tons"},
    "litre": {
        "1": "l litre litres liter liters",
        "1/1000": "ml millilitre millilitres milliliter milliliters",
        "1/100": "cl centilitre centilitres",
    },
    "gallon": {"1": "gallon gallons", "1/8": "pint pints", "1/4": "quart quarts", "8": "bushel bushels"},
    "cup": {"1": "cup cups"},
    "spoon": {"1": "teaspoon teaspoons tsp", "3": "tablespoon tablespoons tbsp"},
    "hectare": {"1": "ha hectare hectares"},
    "acre": {"1": "acre acres"},
    "degree": {"1": "° degree degrees"},
    "celsius": {"1": "°c celsius"},
    "fahrenheit": {"1": "°f fahrenheit"},
    "hertz": {"1": "hz hertz", "1000": "khz kilohertz", "1000000": "mhz megahertz", "1000000000": "ghz gigahertz"},
    "byte": {
        "1": "byte bytes",
        "1000": "kb kilobyte kilobytes",
        "1000000": "mb megabyte megabytes",
        "1000000000": "gb gigabyte gigabytes",
        "1000000000000": "tb terabyte terabytes",
    },
    "bit": {"1": "bit bits"},
    "watt": {"1": "w watt watts", "1000": "kw kilowatt kilowatts", "1000000": "mw megawatt megawatts"},
    "watt hour": {"1": "wh", "1000": "kwh", "1000000": "mwh"},
    "volt": {"1": "v volt volts", "1000": "kv kilovolt kilovolts", "1/1000": "mv millivolt millivolts"},
    "ampere": {"1": "ampere amperes amp amps", "1/1000": "ma milliampere milliamperes milliamp milliamps"},
    "ohm": {"1": "ω ohm ohms"},
    "joule": {"1": "joule joules", "1000": "kj kilojoule kilojoules"},
    "calorie": {"1": "calorie calories kcal"},
    "pascal": {"1": "pascal pascals", "1000": "kpa kilopascal kilopascals", "100": "hpa hectopascal hectopascals"},
    "pound per square inch": {"1": "psi"},
    "millimetre of mercury": {"1": "mmhg"},
    "decibel": {"1": "db decibel decibels"},
    "turn a minute": {"1": "rpm"},
    "beat a minute": {"1": "bpm"},
    "knot": {"1": "knot knots"},
    "mole": {"1/1000": "mmol millimole millimoles", "1/1000000": "µmol μmol micromole micromoles"},
    "international unit": {"1": "iu"},
    "carat": {"1": "carat carats"},
    "mile an hour": {"1": "mph"},
    "kilometre an hour": {"1": "kph"},
    "times": {"1": "times time × x fold"},
    "percent": {"1": "% percent"},
    "percentage point": {"1": "pp"},
    "dollar": {"1": "$ usd dollar dollars buck bucks", "1/100": "cent cents"},
    "pound sterling": {"1": "£ gbp quid", "1/100": "penny pence"},
    "euro": {"1": "€ eur euro euros"},
    "yen": {"1": "¥ jpy yen"},
    "rupee": {"1": "₹ inr rupee rupees"},
    "franc": {"1": "chf franc francs"},
    "rouble": {"1": "₽ rub rouble roubles ruble rubles"},
    "won": {"1": "₩ krw won"},
    "yuan": {"1": "cny yuan renminbi"},
    "crown": {"1": "sek nok dkk czk crown crowns krona kronor krone kroner"},
    "peso": {"1": "peso pesos"},
    "zloty": {"1": "pln zloty zlotys"},
    "rand": {"1": "zar rand"},
    "lira": {"1": "try lira liras"},
}
UNITS: dict[str, tuple[tuple[str, Fraction], ...]] = {
    name: ((base, Fraction(factor)),)
    for base, factors in _BASE.items()
    for factor, names in factors.items()
    for name in names.split()
} | {"pound": (("pound sterling", Fraction(1)), ("ounce", Fraction(16)))}
UNITS["pounds"] = UNITS["pound"]
CURRENCIES = frozenset(
    "dollar;pound sterling;euro;yen;rupee;franc;rouble;won;yuan;crown;peso;zloty;rand;lira".split(";")
)
# Written alone behind a figure they are a unit; in prose they are words or a variable.
SHORT = frozenset("try s h l g m v w x b mi min ha ton time stone won yard foot fold second".split())
MONEY = frozenset("$€£¥₹₽₩")
UNITS["m"] = (("metre", Fraction(1)), ("million", Fraction(1)))
