"""Dictionaries from known truth: what they say, and how each of many layouts would say it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

KINDS = ("flat", "merged", "sheets", "stacked", "sections", "dotted", "beside")
"""How tables are laid out; a third of all layouts, by seed, is kept back from tuning."""

TABLES = {
    "pas": "PATDATA OPA HWSAPP ADMITDISCH AEA CODES WARDS REFERRAL2 PMIBLOB NOTES ORDERS STAFFMBR",
    "load": "LOAD_PMI LOAD_STAFF LOAD_WARDS LOAD_ADM_2 LOAD_CODES LOAD_SITES LOAD_TYPES LOAD_OP",
    "snake": "patient visit ward_stay address_line care_site concept_map note visit_detail",
    "pascal": "Patient OutpatientVisit WardStay CareSite Episode2 Address CodeValue StaffMember",
}
FIELDS = {
    "pas": """IntPatNo PtDoB NoKAddrLine1 WlDateCcyy Allergies_1 Allergies_2 ApptDateInt Name Type
        Description Code Status Notes Key Sex GpCode DistrictNo CaseNoteNo AdmDtTmInt Total Length
        Date_Entered EpiNo_v2 PtAddrPostCode HospCode A Table Column Version DeletedBy""",
    "load": """RECORD_NUMBER PAT_ID NAME DATE_OF_BIRTH SEX_CODE NOTES ADDR_LINE_1 ADDR_LINE_2 TYPE
        STATUS CODE WARD_ID DATE_ENTERED_COUNTRY KEY_WORKER LENGTH_OF_STAY DESCRIPTION DELETED_YN
        START_DATE END_DATE GP_PRACTICE_CODE TOTAL_COST VERSION_NO TABLE_REF X_COORD""",
    "snake": """id name type status code description birth_date visit_start note_text is_deleted
        care_site_id address_1 address_2 postal_code total version key_value length_cm sex
        modified_at column_name provider_id unit_source_value""",
    "pascal": """Id Name Type Status Code Description BirthDate StartDate EndDate Notes IsActive Sex
        SiteId WardCode AddressLine1 AddressLine2 PostCode TotalCost VersionNo KeyWorkerId Title
        LengthOfStay ColumnOrder ReferenceNo""",
}
TYPES = (
    ("VARCHAR2", 4000), ("CHAR", 20), ("NUMBER", 12), ("DATE", 0), ("INTEGER", 0), ("TIMESTAMP", 0),
)  # fmt: skip
SENTENCES = (
    "Date of birth, as displayed", "The patient's number", "See the list; may be blank",
    "21.2", "19.1", "Held in internal form", "First line of the address\nas printed",
)  # fmt: skip

# Language: role to its headers; the last of each is used by layouts that are kept back only.
WORDS: dict[str, dict[str, str]] = {
    "en": {
        "table": "TableName|Table|Entity|File name",
        "field": "Column|Field Name|Attribute|Column name",
        "type": "Data type|Type|DATATYPE|Field type",
        "length": "Size|Length|Max Length|Width",
        "mandatory": "Mandatory|Required|M/O|Compulsory?",
        "nullable": "Nullable|Null?|Allow nulls|Nulls allowed",
        "key": "PK|Key|Primary key|Is PK",
        "foreign": "FK|References|Foreign key|Refers to|Foreign key to",
        "ftable": "Referenced table|FK table|Parent table",
        "ffield": "Referenced column|FK column|Parent field",
        "element": "DataElement|Data Item No|Element code|DD ref",
        "deleted": "LogicalDeleteFlag|Obsolete?|Deleted|Withdrawn",
        "released": "ReleasedAt|Since|Release|Introduced in",
        "description": "Description|Comments|Definition|Meaning",
        "default": "Default|Default value",
        "position": "No|Seq|#",
    },
    "de": {
        "table": "Tabelle|Tabellenname|Entität",
        "field": "Feldname|Spalte|Attribut",
        "type": "Datentyp|Typ|Feldtyp",
        "length": "Länge|Feldlänge|Größe",
        "mandatory": "Pflichtfeld|Obligatorisch|Pflicht",
        "key": "Primärschlüssel|Schlüssel|PK",
        "element": "Datenelement|Element-Nr.|Elementcode",
        "deleted": "Löschkennzeichen|Gelöscht|Veraltet",
        "released": "Freigegeben seit|Version|Release",
        "description": "Beschreibung|Bemerkung|Erläuterung",
        "foreign": "Fremdschlüssel|Verweis|FK",
    },
    "fr": {
        "table": "Nom de la table|Table|Entité",
        "field": "Nom du champ|Colonne|Champ",
        "type": "Type de données|Type|Nature",
        "length": "Longueur|Taille|Longueur max.",
        "mandatory": "Obligatoire|Obligatoire (O/N)|Requis",
        "key": "Clé primaire|Clé|PK",
        "element": "Élément de donnée|Code élément|N° élément",
        "deleted": "Supprimé|Suppression logique|Obsolète",
        "released": "Version|Publié depuis|Introduit",
        "description": "Description|Commentaires|Définition",
        "foreign": "Clé étrangère|Référence|FK",
    },
    "es": {
        "table": "Tabla|Nombre de la tabla|Entidad",
        "field": "Nombre del campo|Columna|Campo",
        "type": "Tipo de dato|Tipo|Tipo de datos",
        "length": "Longitud|Tamaño|Longitud máxima",
        "mandatory": "Obligatorio|Requerido|Obligatoriedad",
        "key": "Clave primaria|Clave|PK",
        "element": "Elemento de datos|Código de elemento|Código elemento",
        "deleted": "Eliminado|Borrado lógico|Obsoleto",
        "released": "Versión|Publicado|Desde",
        "description": "Descripción|Observaciones|Definición",
        "foreign": "Clave foránea|Referencia|FK",
    },
    "it": {
        "table": "Tabella|Nome tabella|Entità",
        "field": "Nome campo|Colonna|Attributo",
        "type": "Tipo di dato|Tipo|Tipo dati",
        "length": "Lunghezza|Dimensione|Lunghezza massima",
        "mandatory": "Obbligatorio|Obbligatorietà|Richiesto",
        "key": "Chiave primaria|Chiave|PK",
        "element": "Elemento dati|Codice elemento|Codice elemento dati",
        "deleted": "Cancellato|Obsoleto|Eliminato",
        "released": "Versione|Rilascio|Rilasciato",
        "description": "Descrizione|Note|Definizione",
        "foreign": "Chiave esterna|Riferimento|FK",
    },
    "nl": {
        "table": "Tabel|Tabelnaam|Entiteit",
        "field": "Veldnaam|Kolom|Veld",
        "type": "Gegevenstype|Type|Soort",
        "length": "Lengte|Veldlengte|Grootte",
        "mandatory": "Verplicht|Verplicht veld|Vereist",
        "key": "Primaire sleutel|Sleutel|PK",
        "element": "Gegevenselement|Elementcode|Code element",
        "deleted": "Verwijderd|Vervallen|Verouderd? (vervallen)",
        "released": "Versie|Vrijgegeven|Sinds",
        "description": "Omschrijving|Toelichting|Beschrijving",
        "foreign": "Vreemde sleutel|Verwijzing|FK",
    },
    "pt": {
        "table": "Tabela|Nome da tabela|Entidade",
        "field": "Nome do campo|Coluna|Campo",
        "type": "Tipo de dados|Tipo|Tipo de dado",
        "length": "Comprimento|Tamanho|Comprimento máximo",
        "mandatory": "Obrigatório|Obrigatoriedade|Requerido",
        "key": "Chave primária|Chave|PK",
        "element": "Elemento de dados|Código do elemento|Código elemento",
        "deleted": "Excluído|Eliminado|Removido",
        "released": "Versão|Lançamento|Lançado",
        "description": "Descrição|Observações|Definição",
        "foreign": "Chave estrangeira|Referência|FK",
    },
    "sv": {
        "table": "Tabell|Tabellnamn|Entitet",
        "field": "Fältnamn|Kolumn|Attribut",
        "type": "Datatyp|Typ|Fälttyp",
        "length": "Längd|Fältlängd|Storlek",
        "mandatory": "Obligatorisk|Obligatoriskt|Krävs",
        "key": "Primärnyckel|Nyckel|PK",
        "element": "Dataelement|Elementkod|Dataelement-nr",
        "deleted": "Borttagen|Raderad|Utgått",
        "released": "Version|Utgåva|Släppt",
        "description": "Beskrivning|Anmärkning|Kommentar",
        "foreign": "Främmande nyckel|Referens|FK",
    },
    "da": {
        "table": "Tabel|Tabelnavn|Entitet",
        "field": "Feltnavn|Kolonne|Felt",
        "type": "Datatype|Type|Felttype",
        "length": "Længde|Feltlængde|Størrelse",
        "mandatory": "Obligatorisk|Påkrævet|Obligatorisk felt",
        "key": "Primærnøgle|Nøgle|PK",
        "element": "Dataelement|Elementkode|Dataelement-nr.",
        "deleted": "Slettet|Slettemarkering|Udgået (slettet)",
        "released": "Version|Udgivet|Udgivelse",
        "description": "Beskrivelse|Bemærkning|Kommentar",
        "foreign": "Fremmednøgle|Reference|FK",
    },
    "no": {
        "table": "Tabell|Tabellnavn|Entitet",
        "field": "Feltnavn|Kolonne|Felt",
        "type": "Datatype|Type|Felttype",
        "length": "Lengde|Feltlengde|Størrelse",
        "mandatory": "Obligatorisk|Påkrevd|Obligatorisk felt",
        "key": "Primærnøkkel|Nøkkel|PK",
        "element": "Dataelement|Elementkode|Dataelement nr",
        "deleted": "Slettet|Utgått|Sletting",
        "released": "Versjon|Utgitt|Utgivelse",
        "description": "Beskrivelse|Merknad|Kommentar",
        "foreign": "Fremmednøkkel|Referanse|FK",
    },
    "fi": {
        "table": "Taulu|Taulun nimi|Taulu",
        "field": "Kentän nimi|Sarake|Kenttä",
        "type": "Tietotyyppi|Tyyppi|Kentän tyyppi",
        "length": "Pituus|Koko|Kentän pituus",
        "mandatory": "Pakollinen|Pakollisuus|Pakollinen kenttä",
        "key": "Perusavain|Avain|PK",
        "element": "Tietoelementti|Elementtikoodi|Tietoelementin koodi",
        "deleted": "Poistettu|Poisto|Poistettu",
        "released": "Versio|Julkaistu|Versio",
        "description": "Kuvaus|Huomautus|Määritelmä",
        "foreign": "Viiteavain|Viittaus|FK",
    },
    "pl": {
        "table": "Nazwa tabeli|Tabela|Encja",
        "field": "Nazwa pola|Kolumna|Pole",
        "type": "Typ danych|Typ|Rodzaj danych",
        "length": "Długość|Rozmiar|Długość pola",
        "mandatory": "Wymagane|Obowiązkowe|Wymagalność",
        "key": "Klucz główny|Klucz|PK",
        "element": "Element danych|Kod elementu|Kod elementu danych",
        "deleted": "Usunięte|Usunięty|Skasowany",
        "released": "Wydanie|Wersja|Wydano",
        "description": "Opis|Uwagi|Komentarz",
        "foreign": "Klucz obcy|Odwołanie|FK",
    },
    "cy": {
        "table": "Enw'r tabl|Tabl|Tabl",
        "field": "Enw'r maes|Colofn|Maes",
        "type": "Math data|Math|Math o ddata",
        "length": "Hyd|Maint|Hyd y maes",
        "mandatory": "Gorfodol|Gorfodol?|Gorfodol",
        "key": "Prif allwedd|Allwedd|PK",
        "element": "Elfen ddata|Cod elfen|Cod yr elfen",
        "deleted": "Wedi'i ddileu|Dileu|Dilëwyd",
        "released": "Fersiwn|Rhyddhawyd|Ers fersiwn",
        "description": "Disgrifiad|Nodiadau|Sylwadau",
        "foreign": "Allwedd estron|Cyfeirio|FK",
    },
}
YES_NO = {
    "en": (("Y", "N"), ("M", "O"), ("Yes", "No"), ("✓", ""), ("1..1", "0..1"), ("R", "O")),
    "de": (("J", "N"), ("Ja", "Nein"), ("M", "K"), ("X", "")),
    "fr": (("O", "N"), ("Oui", "Non")),
    "es": (("S", "N"), ("Sí", "No")),
    "it": (("S", "N"), ("Sì", "No")),
    "nl": (("J", "N"), ("Ja", "Nee")),
    "pt": (("S", "N"), ("Sim", "Não")),
    "sv": (("J", "N"), ("Ja", "Nej")),
    "da": (("J", "N"), ("Ja", "Nej")),
    "no": (("J", "N"), ("Ja", "Nei")),
    "fi": (("K", "E"), ("Kyllä", "Ei")),
    "pl": (("T", "N"), ("Tak", "Nie")),
    "cy": (("Y", "N"), ("Ie", "Na")),
}


@dataclass(frozen=True)
class Item:
    """A field as it is."""

    name: str
    type: str
    length: str
    mandatory: bool
    key: bool
    foreign: tuple[str, str]
    element: str
    deleted: str
    released: str
    description: str


@dataclass(frozen=True)
class Holder:
    """A table as it is."""

    name: str
    about: str
    items: tuple[Item, ...]


@dataclass
class Layout:
    """How one dictionary says it; `traits` are what it says, in the order of its columns."""

    seed: int
    kept_back: bool
    language: str
    style: str
    kind: str
    traits: list[str]
    headers: dict[str, str]
    yes_no: tuple[str, str]
    title: bool = False
    two_rows: bool = False
    typed_length: bool = False
    noise: set[str] = field(default_factory=set)


def layout(seed: int) -> Layout:
    """A layout drawn at random."""
    dice = random.Random(seed)
    kept = seed % 3 == 2
    language = dice.choice([*WORDS, "en", "en", "en", "en"])
    words = WORDS[language]
    kind = dice.choice(KINDS)
    asked = ["field", "length", "type", "mandatory", "key", "foreign", "element", "deleted",
             "released", "description"]  # fmt: skip
    traits = [t for t in asked if t == "field" or dice.random() < 0.75]
    if not {"type", "length"} & set(traits):
        traits.append("length")
    if kind in ("flat", "merged"):
        traits.append("table")
    if dice.random() < 0.3:
        traits.append("position")
    dice.shuffle(traits)
    if kind in ("beside", "stacked", "sections"):
        traits.sort(key=lambda t: t != "field")
    if kind == "merged":
        traits.sort(key=lambda t: t != "table")
    headers = {}
    for trait in traits:
        options = words.get(trait, WORDS["en"][trait]).split("|")
        headers[trait] = options[-1] if kept and dice.random() < 0.6 else dice.choice(options)
    if len(set(headers.values())) < len(headers):
        headers = {t: words.get(t, WORDS["en"][t]).split("|")[0] for t in traits}
    noise = {n for n in ("cover", "log", "contents", "empty", "totals", "note", "again", "gaps",
                         "trailing", "text numbers", "nbsp", "hidden", "numbered")
             if dice.random() < 0.3}  # fmt: skip
    return Layout(
        seed, kept, language, dice.choice(list(TABLES)), kind, traits, headers,
        dice.choice(YES_NO[language]), dice.random() < 0.5,
        kind in ("flat", "merged", "sheets") and dice.random() < 0.25,
        "type" in traits and dice.random() < 0.3, noise,
    )  # fmt: skip


def truth(seed: int, style: str, tables: int = 7) -> list[Holder]:
    """Tables with their fields, drawn at random; the same for the same seed."""
    dice = random.Random(f"truth {seed}")
    names = dice.sample(TABLES[style].split(), min(tables, len(TABLES[style].split())))
    pool = FIELDS[style].split()
    chosen = {name: dice.sample(pool, dice.randint(4, min(18, len(pool)))) for name in names}
    made = []
    for number, name in enumerate(names):
        items = []
        for index, item in enumerate(chosen[name]):
            kind, most = dice.choice(TYPES)
            length = str(dice.randint(1, most)) if most else ""
            if kind == "NUMBER" and dice.random() < 0.3:
                length = f"{dice.randint(6, 12)},2"
            parent = dice.choice(names[:number]) if number and dice.random() < 0.2 else ""
            items.append(
                Item(
                    item,
                    kind,
                    length,
                    index == 0 or dice.random() < 0.4,
                    index == 0,
                    (parent, chosen[parent][0]) if parent else ("", ""),
                    f"A{dice.randint(0, 9999):04}",
                    str(int(dice.random() < 0.1)),
                    dice.choice(("19.1", "21.2", "24.3")),
                    dice.choice(SENTENCES) if dice.random() < 0.6 else "",
                )
            )
        made.append(Holder(name, f"About {name}", tuple(items)))
    return made
