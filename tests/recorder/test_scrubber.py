"""Labels are kept if they are made of words that name controls; whatever else a page writes into a label is not."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from importlib.resources import files
from pathlib import Path

import pytest

from recorder.scrubber import label_words, listed_labels, scrubbed_id, scrubbed_label
from shadow.settings import LANGUAGES

PAGES = Path(__file__).parents[1] / "desktop" / "pages"

HONEST = {
    "en": """
        Name|First name|Last name|Full name|Customer no.|Customer number|Customer ID|E-mail|Email address|Address line 2|Street address|Post code
        ZIP code|City|Country|Phone|Phone number (mobile)|Order number|Order date|Invoice no.|Invoice amount|Total amount (incl. VAT)|VAT %
        Due date|Payment method|Discount code|Category|Sub-category|Priority|Low|High|Status|Notes|Internal note|Subject|Resolution
        Save|Save and close|Search…|Send|New ticket|Edit|Delete|Cancel|Next ›|Back|Call back|Follow-up date|Assigned to|Policy number
        Claim number|Date of birth|Account number|Meter reading|Mark as resolved|Reply all|Add attachment|Close case|Reason for cancellation
        Terms & conditions|Resolved?|Delivery address|Start date|End date|Subject *
    """,
    "da": """
        Navn|Fornavn|Efternavn|For- og efternavn|Kundenavn|Kundenummer|Kundenr.|Sagsnr.|Sagsnummer|Sagsbehandler|E-mail|E-mailadresse
        Telefon|Tlf.nr.|Mobilnummer|Adresse|Adresse 2|Vejnavn|Husnr.|Postnr./By|Postnr. og by|Land|CPR-nr.|CVR-nummer|Ordrenummer|Ordredato
        Fakturanr.|Fakturaadresse|Fakturadato|Beløb|Beløb ekskl. moms|Beløb inkl. moms|Moms (%)|Forfaldsdato|Betalingsmetode|Rabat|Rabatkode
        Kategori|Prioritet|Lav|Høj|Ring tilbage|Løsning|Opfølgning|Luk sagen|Gem|Gem og luk|Annullér|Slet|Søg|Søg kunde|Send svar|Ny sag|Næste
        Tilbage|Hent historik|Udskriv label|Policenummer|Skadenummer|Skadedato|Kontonummer|Målernummer|Aflæsningsdato|Haster|Emne|Noter|Art|Ryd
        Efter aftale|Bemærkninger|Opsigelsesdato|Leveringsadresse|Marker som løst|Vedhæft fil|I dag
    """,
    "nb": """
        Navn|Fornavn|Etternavn|Kundenavn|Kundenummer|Kundenr.|Saksnummer|Saksbehandler|E-post|E-postadresse|Telefon|Mobilnummer|Adresse|Gateadresse
        Postnummer|Postnr.|Poststed|Land|Fødselsnummer|Org.nr.|Organisasjonsnummer|Ordrenummer|Ordredato|Fakturanummer|Fakturaadresse|Fakturadato
        Beløp|Beløp eks. mva|Beløp inkl. mva|MVA (%)|MVA-kode|Forfallsdato|KID-nummer|Betalingsmåte|Rabatt|Rabattkode|Kategori|Prioritet|Lav
        Høy|Middels|Ring tilbake|Løsning|Oppfølging|Lukk saken|Lagre|Lagre og lukk|Avbryt|Slett|Søk|Søk etter kunde|Send svar|Ny sak|Neste|Tilbake
        Hent historikk|Skriv ut|Polisenummer|Skadenummer|Skadedato|Kontonummer|Målernummer|Målepunkt-ID|Avlesningsdato|Haster|Emne|Notat
        Merknader|Oppsigelsesdato|Leveringsadresse|Vedlegg|Legg til vedlegg|Gyldig fra|Gyldig til
    """,
    "sv": """
        Namn|Förnamn|Efternamn|Kundnamn|Kundnummer|Kundnr|Ärendenummer|Handläggare|E-post|E-postadress|Telefon|Mobilnummer|Adress|Gatuadress
        Postnummer|Postort|Ort|Land|Personnummer|Organisationsnummer|Ordernummer|Orderdatum|Fakturanummer|Fakturaadress|Fakturadatum|Belopp
        Belopp exkl. moms|Belopp inkl. moms|Moms (%)|Förfallodag|Förfallodatum|OCR-nummer|Betalsätt|Betalningssätt|Rabatt|Rabattkod|Kategori
        Prioritet|Låg|Hög|Ring tillbaka|Ring upp|Lösning|Uppföljning|Stäng ärendet|Spara|Spara fakturan|Spara och stäng|Avbryt|Ta bort|Sök
        Sök kund|Skicka svar|Nytt ärende|Nästa|Tillbaka|Hämta historik|Skriv ut|Försäkringsnummer|Skadenummer|Skadedatum|Kontonummer
        Mätarställning|Avläsningsdatum|Brådskande|Ämne|Anteckningar|Uppsägningsdatum|Leveransadress|Bifoga fil|Autogiro|E-faktura|Skickas med
        Attestkod|Kostnadsställe|Summa|c/o|Mina ärenden|Giltig från|Giltig till
    """,
}

OF_PEOPLE = """
    Efter aftale med zqgzulcinycosoqx|zqgzulcinycosoqx|Svar Anna Hansen|Svar Anna|Svar Hansen|Ring til Jørgensen|Ring til Per|Anna Hansen
    Reply to Line|Reply to Bill|Reply to Mark|Reply to Dag Lund|Svar Line|Svar Dag|Svar Mina|Svar My|Svar Finn|Lukk saken til Kari
    Hent historik: Sørensen|Kunde (Nielsen)|Kunde/Nielsen|Kunde-Nielsen|Anna's order|Anna-Kundenavn|Stäng ärendet för Åsa|Ring Börje
    Ring upp Eriksson|Åbn sag Møller|CLOSE CASE OLSEN|Mark|Mine|Mina|My|Line|Line 2|Ring Bo|Sag om Kvaløysletta|Adresse Storgata|Ward 9
    Oslo|Close case - J. Smith|Kunde: A B|Telefon +45 12 34 56 78|Sag 4711|Faktura 1.249,00|anna@example.com|Svar anna@example.com
    Kunde <b>|https://example.com|www.example.com|Konto 12-34|Moms=25|12|#|?|…|- -|1 / 2
    """

# The first names and surnames that most people have in Denmark, Norway and Sweden, and names that are words as well.
NAMES = """
    anna anne hanne kirsten mette susanne karen inger line marianne camilla ida julie sofie emma freja alma clara maria eva kristina elisabeth
    kristin birgitta margareta linnea johanna kari ingrid liv astrid marit randi solveig berit nora mina my klara siv tone vår maj dina rut
    peter jens lars michael henrik thomas søren jan christian martin niels per hans jørgen anders erik william oscar noah bo finn mark bill
    karl nils johan mikael björn ole knut arne svein kjell bjørn tor geir øyvind dag odd even stein terje tom august andre august max
    nielsen jensen hansen andersen pedersen christensen larsen sørensen rasmussen jørgensen petersen madsen kristensen olsen thomsen møller
    johansen karlsen kristiansen johnsen pettersen eriksen berg haugen hagen lund holm dahl dal lind lie moen strand bakke solberg vik
    johansson andersson karlsson nilsson eriksson larsson olsson persson svensson gustafsson lindberg lindström sandberg bergman ström
    """.split()


def among(texts: str) -> list[str]:
    """The texts of a block: several on a line, with strokes between them."""
    return [text.strip() for line in texts.strip().splitlines() for text in line.split("|")]


def lines(language: str) -> list[str]:
    """The lines of a vocabulary."""
    return files("recorder").joinpath("words", f"{language}.txt").read_text(encoding="utf-8").splitlines()


def also_names(language: str) -> list[str]:
    """What the head of a vocabulary says are names as well."""
    return lines(language)[1].split(": ")[1].split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_of_the_trade(language: str) -> None:
    """What fields and buttons of such systems are called is kept."""
    labels = among(HONEST[language])

    assert len(labels) >= 60
    assert [] == [label for label in labels if scrubbed_label(label) != label.rstrip(" :*")]


def test_labels_of_the_test_systems() -> None:
    """Every label and button of the systems that the recorder is tried on is kept."""
    text = "".join(page.read_text(encoding="utf-8") for page in sorted(PAGES.iterdir()) if page.suffix in (".html", ".js"))
    labels = re.findall(r"<(?:label|button)[^>]*>([^<$]+)</|aria-label=\"([^\"$]+)\"|<span id=\"\w+-title\">([^<$]+)<", text)
    texts = {"".join(found) for found in labels}

    assert {"Luk sagen", "Rabattkod", "Skickas med"} <= texts
    assert [] == [label for label in sorted(texts) if scrubbed_label(label) is None]


@pytest.mark.parametrize("label", [None, "", " ", *among(OF_PEOPLE)])
def test_labels_about_people(label: str | None) -> None:
    """A label with one word that names no control is not kept, nor one that is only figures and signs."""
    assert scrubbed_label(label) is None


def test_words_of_one_language() -> None:
    """The words of a label must be of one language: a name in one is often a word in another."""
    assert [None, None, "Search customer", "Søg kunde"] == [
        scrubbed_label(label) for label in ("Søg customer", "Reply to Gade", "Search customer", "Søg kunde")
    ]


def test_form() -> None:
    """A label is kept in composed letters and single blanks, without the signs after it, whatever its capitals."""
    assert "Søgeord på sag" == scrubbed_label("  Søgeord \n pa\u030a  sag : * ")
    assert "KUNDENUMMER" == scrubbed_label("KUNDENUMMER")


def test_long_labels() -> None:
    """A label of more than five words or forty letters is a sentence."""
    assert [None, None] == [scrubbed_label("send new order to the customer"), scrubbed_label("sagsbehandlingstid " * 3)]


def test_listed() -> None:
    """A label that the consultant listed is kept as a whole and exactly; its words are not."""
    listed = listed_labels([" KMD-nr.: ", "Pa\u030a vegne af Zendesk", ""])

    assert {"KMD-nr.", "På vegne af Zendesk"} == listed
    assert ["KMD-nr.", "På vegne af Zendesk"] == [scrubbed_label(label, listed) for label in ("KMD-nr. *", "På vegne af  Zendesk")]
    assert [None] * 4 == [scrubbed_label(label, listed) for label in ("KMD", "kmd-nr.", "Zendesk", "")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_vocabulary_form(language: str) -> None:
    """A vocabulary is two lines of head and then sorted, different, casefolded words in composed letters, none of a single letter."""
    words = lines(language)[2:]

    assert ["#", "#"] == [line[:1] for line in lines(language)[:2]]
    assert sorted(set(words)) == words
    assert [] == [word for word in words if unicodedata.normalize("NFC", word.casefold()) != word]
    assert [] == [word for word in words if not re.fullmatch(r"c/o(-adresse?)?|n/a|[a-zæøåäöé]+([ -][a-zæøåäöé]+)*", word) or len(word) < 2]
    assert frozenset(words) == label_words(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_vocabulary_has_no_needless_labels(language: str) -> None:
    """A label of several words is in a vocabulary only because one of its words cannot be."""
    words = label_words(language)

    assert [] == [label for label in words if " " in label and words.issuperset(label.split())]


@pytest.mark.parametrize("language", LANGUAGES)
def test_vocabulary_names_nobody(language: str) -> None:
    """The names that most people have are in no vocabulary."""
    assert [] == sorted(label_words(language) & set(NAMES))


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_that_are_names_too(language: str) -> None:
    """The words that are names as well, and needed, stand in the head of the file, each of them one of its words."""
    assert sorted(also_names(language)) == also_names(language)
    assert set(also_names(language)) <= label_words(language)


def test_read_when_needed() -> None:
    """Importing the scrubber reads no vocabulary."""
    program = "import recorder.scrubber as s; print(s.label_words.cache_info().currsize)"

    assert "0\n" == subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("element", "kept"),
    [
        ("customer-no", "customer-no"),
        ("row-4711-note", "row-:n-note"),
        ("items[2].price", "items[2].price"),
        ("_id:12", "_id:12"),
        ("customer-anna-hansen", "customer-anna-hansen"),
        (None, None),
        ("", None),
        ("4711", None),
        ("anna@example.com", None),
        ("reply to anna", None),
        ("kunde-søren", None),
        ("name=anna", None),
        ("a" * 49, None),
    ],
)
def test_ids(element: str | None, kept: str | None) -> None:
    """An id is judged by its form alone: long numbers are taken out, and one with blanks, addresses or foreign letters is not kept."""
    assert kept == scrubbed_id(element)
