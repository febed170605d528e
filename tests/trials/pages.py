"""Made-up pages and rows of registries; the numbers, hospitals and people in them do not exist."""

from html import escape
from typing import Any

NUMBER = "jRCTs099999901"
FACILITY = "所属機関（実施医療機関） / Affiliation"
PERMISSION = "当該特定臨床研究に対する管理者の許可の有無"


def row(label: str, *cells: str, heading: str = "", rows: int = 0) -> str:
    """One row of a page, escaped as a registry does it."""
    above = f'<th rowspan="{rows}"><label>{heading}</label></th>' if heading else ""
    return f"<tr>{above}<th><label>{label}</label></th>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def table(*rows: str, section: str = "") -> str:
    """A table in its section."""
    inside = f'<table class="table table-bordered"><tbody>{"".join(rows)}</tbody></table>'
    return f'<div class="collapse" id="area-toggle-{section}">{inside}</div>' if section else inside


def a_site(
    ja: str, en: str = "", *, permission: str = "あり", person: str = "架空 花子", section: str = "01-04"
) -> str:
    """The block of rows of one hospital."""
    heading = "研究責任医師の連絡先" if section == "01-04" else "研究責任医師の連絡先 Contact for Scientific Queries"
    return table(
        row("氏名 / Name", person, "KAKUU Hanako", heading=heading, rows=8),
        row("e-Rad番号", "98765432"),
        row(FACILITY, ja, en),
        row("所属部署", "架空内科"),
        row("所属機関の郵便番号", "999-9999"),
        row("所属機関の住所", "東京都 架空区見本1-1"),
        row("電話番号", "03-9999-0001"),
        row("電子メールアドレス", "hanako@kakuu.example"),
        row("担当者氏名", "見本 太郎", heading="研究に関する問合わせ先", rows=8),
        row("担当者所属機関", "見本事務局"),
        row("担当者所属部署", "窓口課"),
        row("担当者所属機関の郵便番号", "999-9998"),
        row("担当者所属機関の住所", "東京都 架空区見本2-2"),
        row("電話番号", "03-9999-0002"),
        row("FAX番号", "03-9999-0003"),
        row("電子メールアドレス", "taro@kakuu.example"),
        row("研究責任医師の所属する実施医療機関の管理者の氏名", "見本 院長"),
        row(PERMISSION, permission),
        row("認定臨床研究審査委員会の承認日", "令和元年5月1日"),
        section=section,
    )


def a_page(number: str = NUMBER, *, sites: tuple[str, ...] = (), **said: str) -> str:
    """A Japanese detail page; a row whose text is "-" is left out."""
    rows = {
        "初回公表日": "令和8年4月1日", "最終公表日": "令和8年9月3日", "研究名称 / Scientific Title（Acronym）": "見本薬の架空試験",
        "平易な研究名称 / Public Title（Acronym）": "見本の試験", "試験のフェーズ / Phase": "2", "試験の種類 / Study Type": "介入研究",
        "臨床研究実施計画番号": number, "進捗状況 / Recruitment status": "募集中", "実施予定被験者数": "66",
        "対象疾患名 / Health Condition(s) or Problem(s) Studied": "肺がん", "年齢下限 / Age Minimum": "18歳以上",
        "年齢上限 / Age Maximum": "上限なし", "性別 / Gender": "男性・女性", "その他１": "", **said,
    }  # fmt: skip
    filled = "".join(row(label, text) for label, text in rows.items() if text != "-")
    blocks = sites or (a_site("架空大学病院", "Kakuu University Hospital", section="01-02"),)
    return f'<!DOCTYPE html><html lang="ja"><body>{table(filled, section="02-01")}{"".join(blocks)}</body></html>'


def an_english_page(**said: str) -> str:
    """An English detail page: English labels only, and no hospitals."""
    rows = {
        "Trial ID": NUMBER, "Date of registration": "Aug. 06, 2019", "Last modified on": "June. 23, 2026",
        "Scientific Title（Acronym）": "Fictional trial", "Public Title（Acronym）": "Fiction", "Study Type": "Interventional",
        "Recruitment status": "Not Recruiting", "Target sample size": "1,500",
        "Health Condition(s) or Problem(s) Studied": "Lung cancer", "Age Minimum": "18age old over",
        "Age Maximum": "No limit", "Countries of Recruitment（Except Japan）": "US/Canada/ASIA", **said,
    }  # fmt: skip
    return f'<html lang="en"><body>{table("".join(row(label, escape(text)) for label, text in rows.items()))}</body></html>'


TRIAL = {
    "TrialID": "JPRN-jRCT9999999901", "Last Refreshed on": "2026-09-01 00:00:00", "Public title": "Fiction",
    "Scientific title": "A fictional trial", "Primary sponsor": "Sample Pharma Inc.", "Date registration": "2026-04-01",
    "Date registration3": "20260401", "Source Register": "JPRN", "web address": "https://registry.example/jRCT9999999901",
    "Recruitment Status": "Recruiting", "Inclusion agemin": ">= 20age old", "Inclusion agemax": "< 75age old",
    "Inclusion gender": "Both", "Date enrollement": "2026-05-01", "Target size": "40", "Study type": "Interventional",
    "Phase": "2-3", "Countries": "Japan,United States", "Contact Firstname": "Hanako", "Contact Lastname": "Kakuu",
    "Contact Email": "hanako@kakuu.example", "Contact Tel": "03-9999-0001", "Contact Affiliation": "Kakuu University",
    "Inclusion Criteria": "Inclusion criteria: one<br>two &amp;#39;three&#39; &lt;b&gt;", "Condition": "Lung cancer<br>NSCLC",
    "Secondary ID": "nct99999901; jprn-JRCTS099999901; ABC-1",
}  # fmt: skip


def a_csv(*trials: dict[str, str]) -> str:
    """An ICTRP export of these trials, each a change of TRIAL."""
    lines = [",".join(f'"{name}"' for name in TRIAL)]
    for trial in trials:
        lines.append(",".join('"' + str({**TRIAL, **trial}[name]).replace('"', '""') + '"' for name in TRIAL))
    return "\r\n".join(lines) + "\r\n"


def an_xml(*trials: dict[str, str]) -> str:
    """The same as XML."""
    inside = "".join(
        "<Trial>"
        + "".join(
            f"<{name.replace(' ', '_')}>{escape(text)}</{name.replace(' ', '_')}>"
            for name, text in {**TRIAL, **one}.items()
        )
        + "</Trial>"
        for one in trials
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Trials_downloaded_from_ICTRP>{inside}</Trials_downloaded_from_ICTRP>'
    )


def a_study(number: str = "NCT99999901", **modules: Any) -> dict[str, Any]:
    """A study of ClinicalTrials.gov with one site in Japan."""
    protocol: dict[str, Any] = {
        "identificationModule": {"nctId": number, "briefTitle": "Fiction", "officialTitle": "A Fictional Trial"},
        "statusModule": {
            "overallStatus": "RECRUITING",
            "studyFirstPostDateStruct": {"date": "2026-04-01", "type": "ACTUAL"},
            "completionDateStruct": {"date": "2028-12", "type": "ESTIMATED"},
        },
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Sample Pharma Inc.", "class": "INDUSTRY"}},
        "conditionsModule": {"conditions": ["Lung Cancer"]},
        "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE1", "PHASE2"]},
        "contactsLocationsModule": {
            "locations": [
                {
                    "facility": "Kakuu University Hospital", "city": "Bunkyo-ku, Tokyo", "country": "Japan", "status": "RECRUITING",
                    "geoPoint": {"lat": 35.375, "lon": 139.93},
                    "contacts": [{"name": "Hanako Kakuu, MD", "phone": "03-9999-0001", "email": "hanako@kakuu.example"}],
                }
            ]
        },
    }  # fmt: skip
    return {"protocolSection": protocol | modules}
