"""What the words above columns mean, in the languages that dictionaries are written in.

A word is given as it stands after `roles.header_words`: in lower case, without accents.  The
languages are English, German, French, Spanish, Italian, Dutch, Portuguese, Swedish, Danish,
Norwegian, Finnish, Polish and Welsh, in this order where a concept has words of all.
"""

from __future__ import annotations

from enum import Enum, auto
from functools import lru_cache


class Word(Enum):
    """A concept that a word of a header stands for."""

    TABLE = auto()
    ENTITY = auto()
    FIELD = auto()
    ITEM = auto()
    ELEMENT = auto()
    DATA = auto()
    NAME = auto()
    TYPE = auto()
    LENGTH = auto()
    PRECISION = auto()
    SCALE = auto()
    PLACES = auto()
    MAXIMUM = auto()
    MANDATORY = auto()
    NOT = auto()
    NULL = auto()
    OPTIONAL = auto()
    DESCRIPTION = auto()
    NOTE = auto()
    LABEL = auto()
    LOGICAL = auto()
    PHYSICAL = auto()
    DELETED = auto()
    RELEASED = auto()
    VERSION = auto()
    CODE = auto()
    CODED = auto()
    LIST = auto()
    LOOKUP = auto()
    VALUE = auto()
    ALLOWED = auto()
    DOMAIN = auto()
    ENUMERATION = auto()
    KEY = auto()
    PRIMARY = auto()
    PK = auto()
    FK = auto()
    FOREIGN = auto()
    REFERENCE = auto()
    PARENT = auto()
    CHILD = auto()
    UNIQUE = auto()
    FORMAT = auto()
    CONDITION = auto()
    POSITION = auto()
    IDENTIFIER = auto()
    FLAG = auto()
    DICTIONARY = auto()
    COUNT = auto()
    DEFAULT = auto()
    CHANGE = auto()
    AUTHOR = auto()
    DATE = auto()
    SCHEMA = auto()
    SIDE = auto()
    INDEX = auto()
    EXAMPLE = auto()
    DESTINATION = auto()
    FILLER = auto()


_WORDS: dict[Word, str] = {
    Word.TABLE: """table tables tbl tab tbls tabelle tabellen tabla tablas tabella tabelle tabel
        tabela tabele tabelas tabell tabeller taulu taulun tablica tabeli tabl dabl""",
    Word.ENTITY: """entity entities file files view views segment segments dataset datasets object
        objects record records structure entitat entitaten datei dateien satzart objekt
        entite entites fichier fichiers vue objet enregistrement entidad entidades fichero archivo
        vista registro entita archivio entiteit bestand entidade arquivo ficheiro entitet fil
        entiteetti plik encja endid ffeil""",
    Word.FIELD: """field fields fld flds column columns col cols attribute attributes attr variable
        variables feld felder feldes spalte spalten attribut attribute champ champs colonne colonnes
        attribut attributs rubrique variable campo campos columna columnas atributo atributos
        colonna colonne attributo attributi veld velden kolom kolommen attribuut coluna colunas falt
        faltet kolumn kolumner felt feltet felter kolonne kolonner kentta kentan sarake sarakkeen
        attribuutti pole pola kolumna kolumny atrybut maes meysydd colofn colofnau priodoledd""",
    Word.ITEM: "item items property properties parameter member eigenschaft merkmal eitem",
    Word.ELEMENT: """element elements de elemente elemento elementos elementi elementen elementet
        elementti elementy elementu elfen elfennau elemen""",
    Word.DATA: """data daten donnee donnees datos dato dati gegevens gegeven dados dado tieto tiedon
        danych dane ddata""",
    Word.NAME: """name names namen nm nom noms nombre nombres nome nomi naam namn navn nimi nazwa
        nazwy enw bezeichner""",
    Word.TYPE: """type types typ typen datatype datatypes kind nature tipo tipos tipi soort
        typet typu rodzaj tyyppi tyypin tietotyyppi math fath datatyp datentyp gegevenstype""",
    Word.LENGTH: """length lengths len lng lg size sizes width lange laenge langen feldlange grosse
        groesse breite zeichenzahl longueur taille largeur longitud tamano tam largo ancho
        lunghezza dimensione lengte grootte comprimento tamanho langd langden storlek laengde
        storrelse lengde lengden pituus koko dlugosc rozmiar hyd maint chars char characters
        character bytes byte digits zeichen stellen caracteres octets tekens tegn tecken""",
    Word.PRECISION: """precision prazision genauigkeit precisione precisie precisao presisjon
        praecision precyzja tarkkuus""",
    Word.SCALE: """scale decimals decimal dp dec skalierung nachkommastellen decimales decimali
        decimalen decimais decimaler desimaler desimaalit skala dziesietne""",
    Word.PLACES: "places place miejsca",
    Word.MAXIMUM: "max maximum maximal maximale maxi maximo massima massimo maximaal maks uchaf",
    Word.MANDATORY: """mandatory required require compulsory obligatory optionality mand mandat reqd
        req must man pflicht muss musskann obligatorisch zwingend erforderlich
        notwendig obligatoire obligation requis requise obligatorio obligatoria obligatoriedad
        requerido requerida obbligatorio obbligatoria obbligatorieta richiesto verplicht vereist
        obrigatorio obrigatoria obrigatoriedade requerido obligatoriskt obligatorisk obligatoriska
        kravs pakraevet pakrevd pakollinen pakollisuus wymagane wymagany wymagalnosc obowiazkowe
        obowiazkowy obowiazkowosc gorfodol angenrheidiol cardinality kardinalitat cardinalite
        cardinalidad cardinalita cardinaliteit cardinalidade kardinalitet multiplicity occurs""",
    Word.NOT: "not nicht non no niet nao inte ikke ei nie",
    Word.NULL: """null nulls nullable nullbar nul nulle nulo nulos nullo nulli nullability isnull
        leer vide puste nwl""",
    Word.OPTIONAL: """optional fakultativ facultatif facultative opcional facoltativo opzionale
        optioneel facultativo valfri valfritt valgfri valgfritt valinnainen opcjonalne opcjonalny
        dewisol""",
    Word.DESCRIPTION: """description descriptions desc descr beschreibung beschr descriptif
        descripcion descrizione beschrijving omschrijving descricao beskrivning beskrivelse kuvaus
        opis disgrifiad definition definitions definicion definizione definitie definicao
        definisjon maaritelma definicja diffiniad meaning bedeutung signification significado
        significato betekenis betydning betydelse merkitys znaczenie ystyr explanation summary
        erklarung erlauterung explication explicacion spiegazione uitleg""",
    Word.NOTE: """note notes remark remarks comment comments guidance detail details usage
        validation validations instruction instructions
        conventions convention rule rules information info purpose narrative bemerkung bemerkungen
        anmerkung anmerkungen kommentar kommentare hinweis hinweise commentaire commentaires
        remarque remarques observation observations observaciones observacion comentario comentarios
        nota notas commento commenti osservazioni opmerking opmerkingen toelichting observacoes
        kommentarer anmarkning merknad merknader bemaerkning bemaerkninger huomautus huomautukset
        uwaga uwagi komentarz komentarze nodyn nodiadau sylw sylwadau nodiad""",
    Word.LABEL: """label labels title caption prompt heading bezeichnung titel beschriftung libelle
        intitule etiqueta titulo etichetta titolo denominazione denominacion denominacao benaming
        etikett benamning betegnelse etykieta tytul teitl otsikko""",
    Word.LOGICAL: """logical business long full display friendly english logisch logischer fachlich
        fachlicher logique metier complet logico largo esteso functioneel logisk wyswietlana
        rhesymegol""",
    Word.PHYSICAL: """physical technical technischer technisch database db sql short internal
        physisch physischer physique technique fisico tecnico fysiek fysieke fysisk teknisk
        fyysinen techniczna fizyczna ffisegol""",
    Word.DELETED: """delete deleted deletion obsolete withdrawn retired deprecated inactive
        discontinued removed losch geloscht loschen veraltet entfallen supprime supprimee
        suppression obsolete eliminado eliminada borrado baja obsoleto eliminacion cancellato
        cancellata eliminato cancellazione verwijderd vervallen verwijdering excluido excluida
        exclusao removido removida excluir borttagen raderad borttagning radering slettet slettes
        sletning sletting slette utgatt poistettu poisto usuniety usuniete usuniecia usuniecie
        skasowany dileu dilewyd ddileu""",
    Word.RELEASED: """release released releases rel since introduced introduction effective
        freigabe freigegeben seit eingefuhrt publie publiee depuis introduit publication publicado
        publicacion desde introducido lanzamiento rilascio rilasciato introdotto pubblicato uitgave
        vrijgegeven sinds ingevoerd lancado lancamento slappt utgava utgiven slapp frigivet udgivet
        udgivelse siden utgitt utgivelse julkaistu alkaen wydanie wydania wydano rhyddhau
        rhyddhawyd added
        available""",
    Word.VERSION: "version versions versie versione versioni versao versjon versio wersja fersiwn",
    Word.CODE: "code codes codigo codigos codice codici kod kodu koodi cod kode koder koden",
    Word.CODED: "coded codelist codeset valueset codetable codesystem kodiert codierung",
    Word.LIST: """list lists set system liste listen lista lijst kodverk klassifikation
        klassifikasjon katalog catalogue nomenclature luettelo zbior rhestr""",
    Word.LOOKUP: "lookup lookups picklist nachschlage",
    Word.VALUE: """value values wert werte valeur valeurs valor valores valore valori waarde waarden
        varde varden vaerdi vaerdier verdi verdier arvo arvot wartosc wartosci gwerth gwerthoedd""",
    Word.ALLOWED: """allowed valid accepted permitted possible permissible allows zulassig zulassige
        erlaubt erlaubte gultige mogliche autorise autorisees autorisee possibles permitido
        permitidos permitidas admitidos validos ammessi ammesso permessi consentiti toegestaan
        toegestane tillatna tillatet tilladte tilladt tillatte sallitut sallittu dozwolone
        dopuszczalne a ganiateir caniateir""",
    Word.DOMAIN: "domain domane domaine dominio domein dominio doman domene",
    Word.ENUMERATION: "enumeration enumerations enum enums wertebereich wertevorrat aufzahlung",
    Word.KEY: """key keys schlussel schluessel cle clef clave llave chiave sleutel chave nyckel
        nogle nokkel avain klucz klucza allwedd""",
    Word.PRIMARY: """primary primar primaer primarer primaire primaria primario glowny
        podstawowy perus prif cynradd""",
    Word.PK: "pk primarschlussel primarnyckel primarnogle primaernogle primarnokkel perusavain",
    Word.FK: """fk links link linked joins relates
        fremdschlussel fremmednogle fremmednokkel viiteavain frammandenyckel""",
    Word.FOREIGN: """foreign fremd etrangere foranea ajena externa esterna vreemde estrangeira
        frammande fremmed obcy obcego estron""",
    Word.REFERENCE: """reference references referenced refers refer ref refs verweis verweist
        referenz referenzierte referenziert referencia referencias referenciada riferimento riferita
        referentie verwijzing verwijst referens refererad refereret referert referanse odwolanie
        odniesienie viite viittaus cyfeirio relationship""",
    Word.PARENT: "parent ubergeordnete padre genitore bovenliggende overordnet",
    Word.CHILD: "child enfant hijo figlio",
    Word.UNIQUE: """unique uniqueness eindeutig unico unica univoco univoca uniek entydig unikt unik
        unikalny unikalne yksilollinen unigryw uk""",
    Word.FORMAT: """format formats mask pattern picture regex formato formaat maska masque muster
        mascara maschera muoto fformat""",
    Word.CONDITION: """condition conditions conditional bedingung bedingungen condicion condizione
        voorwaarde condicao villkor betingelse ehto warunek amod""",
    Word.POSITION: """position pos ordinal ord seq sequence order step no nr number num line lfd
        reihenfolge nummer ordre numero rang rank orden volgorde volgnummer ordem ordning rekkefolge
        raekkefolge kolejnosc numer lp trefn rhif jarjestys numero n"""
    " #",
    Word.IDENTIFIER: "id ids identifier identification identifikator identifiant identificador",
    Word.FLAG: """flag flags indicator ind kennzeichen kz marker mark merker indicateur indicador
        indicatore markering kenmerk vlag flagga flagg marke wskaznik znacznik fflag merkki yn
        marca""",
    Word.DICTIONARY: "dictionary dd datadictionary",
    Word.COUNT: "count anzahl quantity liczba antal antall aantal nifer total",
    Word.DEFAULT: """default defaults standardwert vorgabe vorgabewert defaut predeterminado
        predefinito standaard standaardwaarde padrao standardvarde standardvaerdi standardverdi
        oletus oletusarvo domyslna domyslny diofyn""",
    Word.CHANGE: """change changes changed amendment amended modification modifications revision
        anderung anderungen aenderung cambio cambios modificacion modifica modifiche wijziging
        wijzigingen alteracao alteracoes andring andringar aendring aendringer endring endringer
        muutos zmiana zmiany newid newidiadau history log action ticket jira""",
    Word.AUTHOR: """author authors by autor autorin auteur autore forfattare forfatter tekija
        awdur approved approver reviewer bearbeiter""",
    Word.DATE: "date dates datum fecha dato dyddiad paivamaara",
    Word.SCHEMA: "schema schemas owner catalog namespace besitzer eigentumer esquema",
    Word.SIDE: """source target load cdm quelle ziel origen destino origine bron doel mapping
        mapped""",
    Word.DESTINATION: "loaded loads populates populated destination",
    Word.INDEX: "index indexes indices indeks",
    Word.EXAMPLE: "example examples sample beispiel exemple ejemplo esempio voorbeeld exemplo",
    Word.FILLER: """of the is der die das von vom des du la le les del della dei di do da dos van
        het w i z et and or y und oder ou e og och en an in on at to per pro im l d r s o m c x au
        aux els yr el los las lo il gli een av for fur pour por para dla j t""",
}

_MEANINGS: dict[str, tuple[Word, ...]] = {}
for _concept, _words in _WORDS.items():
    for _word in dict.fromkeys(_words.split()):
        _MEANINGS[_word] = (*_MEANINGS.get(_word, ()), _concept)

_AMBIGUOUS_HEADS: dict[str, tuple[Word, ...]] = {
    "dato": (Word.DATA,),
    "de": (Word.FILLER,),
    "a": (Word.FILLER,),
    "no": (Word.POSITION,),
    "n": (Word.POSITION,),
    "pole": (Word.FIELD,),
    "largo": (Word.LENGTH,),
    "numero": (Word.POSITION,),
}
"""Words with several meanings, settled; `roles` looks at their neighbours where that matters."""
_MEANINGS.update(_AMBIGUOUS_HEADS)

_LINKS = ("", "s", "n", "en", "e", "er", "es")
_SHORT_HEADS = ("is", "fk", "pk", "dd")
_LONGEST_COMPOUND = 32


@lru_cache(maxsize=20_000)
def meaning(word: str) -> tuple[Word, ...]:
    """The concepts in a word, several when it is a compound such as "feldname"; () if unknown."""
    known = _MEANINGS.get(word)
    if known:
        return known[:1]
    if len(word) < 6 or len(word) > _LONGEST_COMPOUND:
        return ()
    return _parts(word) or ()


def _parts(word: str) -> tuple[Word, ...] | None:
    """The meanings of the known words that make up a compound; None when they do not fill it."""
    for cut in range(len(word) - 2, 1, -1):
        head = _MEANINGS.get(word[:cut])
        if head is None or (cut == 2 and word[:2] not in _SHORT_HEADS):
            continue
        for link in _LINKS:
            rest = word[cut + len(link) :] if word.startswith(link, cut) else ""
            if len(rest) < 2:
                continue
            tail = _MEANINGS.get(rest) or (_parts(rest) if len(rest) > 5 else None)
            if tail is not None and (tail[0] is not Word.FILLER or rest == "at"):
                return (*head[:1], *tail)
    return None
