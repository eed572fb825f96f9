"""The countries of the demo with made-up people. Streets are invented, cities and their codes are real.

Telephone numbers come from the ranges that the countries' regulators keep free for films and examples; where a
country has no such range, its people have no number. ``#`` stands for a digit.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class City:
    name: str
    state: str
    postal_code: str
    phone: str = ""


@dataclass(frozen=True, kw_only=True)
class Country:
    """``people`` are full names; ``/`` adds how a name is spelled in an e-mail address, where it isn't Latin."""

    code: str
    language: str
    mobile: str
    tax_id: str
    companies: tuple[str, ...]
    streets: tuple[str, ...]
    cities: tuple[City, ...]
    people: tuple[str, ...]


COUNTRIES = (
    Country(
        code="US",
        language="en",
        mobile="",
        tax_id="00-00000##",
        companies=("Tidewater Paper Goods", "Copperleaf Interiors"),
        streets=("Quarry Bend Rd", "Old Mill Spur", "Larkspur Ave", "Fennel St"),
        cities=(
            City(name="Portland", state="OR", postal_code="97205", phone="+1 503 555 01##"),
            City(name="Austin", state="TX", postal_code="78704", phone="+1 512 555 01##"),
            City(name="Buffalo", state="NY", postal_code="14201", phone="+1 716 555 01##"),
        ),
        people=("Hazel Whitlock", "Marcus Odell", "Priya Raman", "Theodore Finch", "June Castellano"),
    ),
    Country(
        code="CA",
        language="fr",
        mobile="",
        tax_id="0000000## RT0001",
        companies=("Papeterie du Vieux Quai",),
        streets=("Rue du Moulin-Bas", "Cedar Hollow Lane", "Rue des Ormes"),
        cities=(
            City(name="Montréal", state="QC", postal_code="H2X 1Y4", phone="+1 514 555 01##"),
            City(name="Halifax", state="NS", postal_code="B3H 4R2", phone="+1 902 555 01##"),
        ),
        people=("Geneviève Lacroix", "Noah Tremblay", "Aiyana Delorme", "Étienne Bélanger"),
    ),
    Country(
        code="GB",
        language="en",
        mobile="+44 7700 9000##",
        tax_id="GB0000000##",
        companies=("Harrow & Thistle Ltd", "Marsh Lane Ceramics"),
        streets=("Saddler's Row", "Gallows Corner", "Plover Way", "Tannery Lane"),
        cities=(
            City(name="London", state="", postal_code="E8 3PN", phone="+44 20 7946 00##"),
            City(name="Manchester", state="", postal_code="M1 2WD", phone="+44 161 496 00##"),
        ),
        people=("Imogen Hartley", "Callum Baird", "Zoë Penhaligon", "Rhys Morgan-Pugh", "Adaeze Okafor"),
    ),
    Country(
        code="IE",
        language="en",
        mobile="",
        tax_id="IE00000##A",
        companies=("Corrib Candle Works",),
        streets=("Slip Lane", "Bell Harbour Road"),
        cities=(
            City(name="Dublin", state="", postal_code="D08 X2A4", phone="+353 20 910 00##"),
            City(name="Galway", state="", postal_code="H91 E2K3", phone="+353 20 911 00##"),
        ),
        people=("Aoife Ní Bhriain", "Cormac Devlin", "Saoirse O'Malley"),
    ),
    Country(
        code="DE",
        language="de",
        mobile="+49 176 040690##",
        tax_id="DE0000000##",
        companies=("Lindenhof Werkstatt GmbH", "Kontor Süd GmbH & Co. KG"),
        streets=("Am Kräutergarten", "Färbergasse", "Schleusenweg", "Hinter der Mühle"),
        cities=(
            City(name="Berlin", state="BE", postal_code="10999", phone="+49 30 23125 0##"),
            City(name="München", state="BY", postal_code="80469", phone="+49 89 99998 0##"),
            City(name="Hamburg", state="HH", postal_code="22765", phone="+49 40 66969 0##"),
        ),
        people=("Anneke Brandt", "Jürgen Weißhaupt", "Şule Özgür", "Friederike Großmann", "Björn Clausen"),
    ),
    Country(
        code="FR",
        language="fr",
        mobile="+33 6 39 98 00 ##",
        tax_id="FR000000000##",
        companies=("Atelier des Trois Ponts",),
        streets=("Rue de la Vannerie", "Impasse du Tilleul", "Quai des Mariniers"),
        cities=(
            City(name="Paris", state="", postal_code="75011", phone="+33 1 99 00 10 ##"),
            City(name="Lyon", state="", postal_code="69002", phone="+33 4 65 71 10 ##"),
        ),
        people=("Élodie Marchand", "Benoît Faure", "Maëlys Garnier", "Hugo Lefebvre"),
    ),
    Country(
        code="IT",
        language="it",
        mobile="",
        tax_id="IT000000000##",
        companies=("Bottega Pietrasanta S.r.l.", "Officina Lungarno S.n.c."),
        streets=("Via dei Cordai", "Vicolo del Pozzo", "Viale delle Acacie"),
        cities=(
            City(name="Roma", state="RM", postal_code="00153"),
            City(name="Torino", state="TO", postal_code="10124"),
            City(name="Palermo", state="PA", postal_code="90133"),
        ),
        people=("Chiara Bellandi", "Niccolò Ferraro", "Giulia Montanari", "Tommaso D'Angelo", "Beatrice Sabatini"),
    ),
    Country(
        code="SE",
        language="en",
        mobile="+46 70 174 06 ##",
        tax_id="SE0000000##01",
        companies=("Norrviken Form AB",),
        streets=("Björkstigen", "Gamla Hamngatan"),
        cities=(
            City(name="Stockholm", state="", postal_code="116 45", phone="+46 8 465 004 ##"),
            City(name="Göteborg", state="", postal_code="413 04", phone="+46 31 390 06 ##"),
        ),
        people=("Åsa Lindqvist", "Viktor Nyström", "Ebba Söderberg"),
    ),
    Country(
        code="AU",
        language="en",
        mobile="",
        tax_id="00 000 000 0##",
        companies=("Wattle Street Supply Pty Ltd",),
        streets=("Banksia Crescent", "Ferry Steps Road"),
        cities=(
            City(name="Sydney", state="NSW", postal_code="2042", phone="+61 2 5550 00##"),
            City(name="Melbourne", state="VIC", postal_code="3056", phone="+61 3 5550 00##"),
        ),
        people=("Lachlan Mercer", "Matilda Quong", "Jarrah Whitby"),
    ),
    Country(
        code="JP",
        language="en",
        mobile="",
        tax_id="T00000000000##",
        companies=("株式会社みずうみ堂",),
        streets=("桜坂町 3-12", "若葉台 5-7"),
        cities=(
            City(name="京都市", state="26", postal_code="604-8001"),
            City(name="札幌市", state="01", postal_code="060-0042"),
        ),
        people=("佐藤 美咲/misaki.sato", "高橋 健太/kenta.takahashi", "小林 葵/aoi.kobayashi"),
    ),
    Country(
        code="BR",
        language="en",
        mobile="",
        tax_id="00.000.000/0001-##",
        companies=("Ateliê Jabuticaba Ltda",),
        streets=("Rua das Laranjeiras Velhas", "Travessa do Cais"),
        cities=(
            City(name="São Paulo", state="SP", postal_code="05433-000"),
            City(name="Recife", state="PE", postal_code="50030-230"),
        ),
        people=("João Cavalcanti", "Luísa Prado", "Antônio Figueira", "Yara Guimarães"),
    ),
    Country(
        code="GR",
        language="en",
        mobile="",
        tax_id="EL0000000##",
        companies=("Υφαντά Δελφίνη",),
        streets=("Οδός Ελαιώνα", "Πάροδος Φάρου"),
        cities=(
            City(name="Αθήνα", state="", postal_code="117 41"),
            City(name="Θεσσαλονίκη", state="", postal_code="546 24"),
        ),
        people=(
            "Ελένη Δελφίνη/eleni.delfini",
            "Νίκος Σταματίου/nikos.stamatiou",
            "Κατερίνα Αλεξίου/katerina.alexiou",
            "Γιώργος Βλάχος/giorgos.vlachos",
        ),
    ),
)
