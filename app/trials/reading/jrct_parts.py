"""The items of a jRCT page that take more than one row: design, eligibility, products, money, ethics, results."""

from collections.abc import Iterable

from app.trials.reading.labelled import Labelled
from app.trials.reading.pages import Row
from app.trials.record import (
    Coded,
    Condition,
    Country,
    Design,
    Eligibility,
    Ethics,
    Intervention,
    Link,
    Number,
    Outcome,
    Party,
    Product,
    Results,
    Sharing,
    Text,
)
from app.trials.rules import codes
from app.trials.rules.places import countries_in

_JAPAN = Country(Text("日本", "Japan"), "country.JP")
_PRODUCT = ("医薬品医療機器再生医療等製品の別", "医薬品医療機器再生医療等製品の区分")
_ABROAD = (
    "研究を実施する国日本以外",
    "countriesofrecruitmentexceptjapan",
    "研究実施国日本以外",
    "countriesofrecruitment",
)
_FUNDER = ("研究資金等の提供組織名称", "sourceofmonetarysupport", "sourceofmonetarysupport/secondarysponsor")
_FUNDED = ("研究資金等の提供の有無",)
_MAKER = ("研究に用いる医薬品等の製造販売をし又はしようとする医薬品等製造販売業者等の名称",)


def design(page: Labelled) -> Design:
    """Return study type, phase and design (15)."""
    kind = page.text("design.kind", "研究の種類", "studytype")
    phase = page.text("phase", "研究のフェーズ", "phase", "研究の相")
    return Design(
        kind=page.notes.coded("design.kind", kind, codes.STUDY_TYPES, "kind_not_known"),
        phase=page.notes.phases(phase),
        allocation=page.text("design", "無作為化", "allocation"),
        masking=page.text("design", "盲検化", "masking"),
        control=page.text("design", "対照", "control"),
        assignment=page.text("design", "割付け", "assignment"),
        purpose=page.text("design", "研究目的", "purpose"),
        text=page.text("design", "研究デザイン", "studydesign"),
    )


def eligibility(page: Labelled) -> Eligibility:
    """Return who can take part (14)."""
    notes = page.notes
    sex = page.text("eligibility.sex", "性別", "gender")
    return Eligibility(
        inclusion=page.text("eligibility.inclusion", "主たる選択基準", "inclusioncriteria", "選択基準"),
        exclusion=page.text("eligibility.exclusion", "主たる除外基準", "exclusioncriteria", "除外基準"),
        minimum_age=notes.age("eligibility.minimum_age", page.text("age", "年齢下限", "ageminimum")),
        maximum_age=notes.age("eligibility.maximum_age", page.text("age", "年齢上限", "agemaximum")),
        sex=notes.coded("eligibility.sex", sex, codes.SEXES, "sex_not_known"),
    )


def conditions(page: Labelled) -> tuple[Condition, ...]:
    """Return the diseases (12), one a line; where the two languages have other numbers of lines, all as one."""
    names = page.text("conditions", "対象疾患名", "healthconditionsorproblemsstudied", "疾患名")
    code = page.words("conditions", "対象疾患コード")
    lines = [(words or "").split("\n") for words in (names.ja, names.en)]
    if names.ja and names.en and len(lines[0]) == len(lines[1]) > 1:
        pairs = [Text(ja.strip() or None, en.strip() or None) for ja, en in zip(*lines, strict=True)]
        return tuple(Condition(pair) for pair in pairs if pair)
    return (Condition(names, code),) if names else ()


def keywords(page: Labelled) -> tuple[Text, ...]:
    """Return the keywords of the disease and of the intervention."""
    named = [page.text("keywords", name) for name in ("対象疾患キーワード", "介入キーワード", "keyword")]
    return tuple(dict.fromkeys(text for text in named if text))


def interventions(page: Labelled) -> tuple[Intervention, ...]:
    """Return what is given or done (13): the page tells it in one text."""
    text = page.text("interventions", "介入の内容", "interventions")
    return (Intervention(description=text),) if text else ()


def products(page: Labelled) -> tuple[Product, ...]:
    """Return the products of section 2 (2), one block of rows each."""
    blocks = page.blocks(lambda row: row.is_called(*_PRODUCT), lambda row: row.section == "02-02")
    return tuple(_product(page, block) for block in blocks)


def _product(page: Labelled, block: list[Row]) -> Product:
    page.use(block)

    def said(*names: str) -> Text:
        row = next((row for row in block if row.is_called(*names) and any(row.cells)), None)
        return page.of(row, "products") if row else Text()

    return Product(
        kind=codes.coded(said(*_PRODUCT), codes.PRODUCTS),
        approval=said("医薬品医療機器等法における未承認適応外承認内の別"),
        generic_name=said("一般名称", "一般的名称", "名称類別"),
        brand_name=said("販売名海外製品の場合は国名も記載すること", "販売名"),
        approval_number=said("承認番号", "承認認証届出番号").any() or None,
        supplier=said("名称"),
    )


def outcomes(page: Labelled, item: str, *names: str) -> tuple[Outcome, ...]:
    """Return what is measured (19, 20): the page tells it in one text."""
    text = page.text(item, *names)
    return (Outcome(text),) if text else ()


def countries(page: Labelled) -> tuple[Country, ...]:
    """Return Japan, where every trial of jRCT recruits, and the countries that the page names beside it (11)."""
    abroad = countries_in(page.text("countries", *_ABROAD))
    return (_JAPAN, *(country for country in abroad if country.code != "country.JP"))


def international(page: Labelled, named: Iterable[Country]) -> bool | None:
    """Say whether the trial is run abroad too; None where the page does not say."""
    if any(country != _JAPAN for country in named):
        return True
    said = [page.text("international", *names) for names in (("国際共同研究",), _ABROAD)]
    answers = [codes.yes_or_no(text.ja or text.en) for text in said if text]
    return True if True in answers else False if False in answers else None


def numbers(page: Labelled, own: str) -> tuple[Number, ...]:
    """Return the numbers at other registries, each with who issued it (3)."""
    texts: list[tuple[object, Text]] = []
    pairs = page.blocks(
        lambda row: any(part.startswith(("他の研究登録機関発行の研究番号", "secondaryid")) for part in row.parts),
        lambda row: row.section in ("", "07-02"),
    )
    for block in pairs:
        page.use(block)
        japanese = [cell for row in block[1:] if row.is_called("他の研究登録機関の名称") for cell in row.cells]
        english = [cell for row in block[1:] if row.is_called("issuingauthority") for cell in row.cells]
        issuer = page.notes.text(
            "numbers", ja=next(iter(japanese), None), en=next(iter(english), None), names_too=False
        )
        texts += [(cell, issuer) for cell in dict.fromkeys(block[0].cells)]
    return page.notes.numbers("numbers", texts, own)


def money(page: Labelled) -> tuple[tuple[Party, ...], tuple[Party, ...]]:
    """Return who pays (4), and those of them who are secondary sponsors (6).

    A maker of the product who pays nothing is no source of money: the page's rows on it stay among the further ones.
    """
    blocks = page.blocks(
        lambda row: row.is_called(*_MAKER) or (row.is_called(*_FUNDED) and row.section == "05-02"),
        lambda row: row.section.startswith("05"),
    )
    funding, secondary = [], []
    for block in blocks or [[row for row in page.rows if row.is_called(*_FUNDER)]]:
        named = _party(page, block)
        if named:
            funding.append(named)
            if codes.yes_or_no(_cell(block, "secondarysponsorの該当性")):
                secondary.append(named)
    return tuple(dict.fromkeys(funding)), tuple(dict.fromkeys(secondary))


def _party(page: Labelled, block: list[Row]) -> Party | None:
    funder = next((row for row in block if row.is_called(*_FUNDER) and any(row.cells)), None)
    if funder is None and codes.yes_or_no(_cell(block, *_FUNDED)):
        funder = next((row for row in block if row.is_called(*_MAKER) and any(row.cells)), None)
    return Party(page.of(funder, "funding", names_too=False)) if funder else None


def _cell(block: list[Row], *names: str) -> str | None:
    return next((cell for row in block if row.is_called(*names) for cell in row.cells if cell), None)


def ethics(page: Labelled) -> tuple[Ethics, ...]:
    """Return the committee that reviewed the plan (21)."""
    name = page.text(
        "ethics",
        "当該研究について審査意見業務を行う認定研究審査委員会の名称",
        "nameofcertifiedreviewboard",
        "認定委員会の名称",
        "研究審査委員会の名称",
        names_too=False,
    )
    if not name:
        return ()
    outcome = page.text("ethics", "当該研究に対する審査結果", "approvalstatus", "審査結果")
    return (
        Ethics(
            name,
            page.words("ethics", "上記委員会の認定番号", "認定番号"),
            Coded(outcome, _decided(outcome)),
            page.day("ethics", "dateofapproval", "審査結果日"),
        ),
    )


def _decided(outcome: Text) -> str | None:
    words = (outcome.en or outcome.ja or "").lower()
    return "approved" if words.startswith(("approv", "承認")) else "not_approved" if words else None


def results(page: Labelled) -> Results:
    """Return what is said of results (23), with the addresses in it."""
    summary = page.text(
        "results", "主たる評価項目に係る研究成果", "summaryresultsprimaryoutcomeresults", "summaryresults"
    )
    posted = page.day("results", "dateofpostingofresultssummaries", "研究結果の公表日")
    links = page.words("results", "urlhyperlinksrelatedtoresultsandpublications")
    found = tuple(Link(word) for word in (links or "").split() if word.startswith(("http://", "https://")))
    return Results(True if summary or posted or found else None, summary, posted, found)


def sharing(page: Labelled) -> Sharing:
    """Return the plan for sharing data of individual participants (24)."""
    plan = page.text("sharing", "plantoshareipd", "ipdデータの共有計画", "個別症例データの共有の有無")
    return Sharing(codes.coded(plan, codes.SHARING), page.text("sharing", "plandescription", "計画の説明"))
