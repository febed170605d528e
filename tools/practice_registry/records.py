"""The fictional records: what records.json says, filled up to everything that a page shows."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "records.json"
Json = dict[str, Any]
# The first day of each era, newest first.
ERAS = ((date(2019, 5, 1), "令和"), (date(1989, 1, 8), "平成"))
STATUS = {
    1: ("募集前", "Pending"),
    2: ("募集中", "Recruiting"),
    3: ("募集中断", "Suspended"),
    4: ("募集終了", "Not Recruiting"),
    5: ("研究終了", "Complete"),
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")
PEOPLE = (("見本　太郎", "MIHON Taro"), ("架空　花子", "KAKU Hanako"), ("例示　一郎", "REIJI Ichiro"))


@dataclass(frozen=True)
class Both:
    """Words in Japanese and English; either may be empty."""

    ja: str = ""
    en: str = ""


def in_era(day: str) -> str:
    """Return an ISO date in the Japanese era (令和元年5月1日); what is no date stays as it is written."""
    try:
        read = date.fromisoformat(day)
    except ValueError:
        return day
    begins, era = next(era for era in ERAS if read >= era[0])
    year = read.year - begins.year + 1
    return f"{era}{'元' if year == 1 else year}年{read.month}月{read.day}日"


def in_numbers(day: str) -> str:
    """Return an ISO date as the rows of the plan write it: 2017年07月01日."""
    return f"{day[:4]}年{day[5:7]}月{day[8:]}日" if day else ""


def in_english(day: str) -> str:
    """Return an ISO date as the English page writes it, the point after June included: Aug. 06, 2019."""
    try:
        read = date.fromisoformat(day)
    except ValueError:
        return day
    return f"{MONTHS[read.month - 1]}. {read.day:02}, {read.year}"


def all_records() -> dict[str, Json]:
    """Return every record by its number in lower case, newest first."""
    told = json.loads(FILE.read_text(encoding="utf-8"))
    records = [_record(said, told["hospitals"]) for said in told["records"]]
    records.sort(key=lambda record: record["day"], reverse=True)
    return {record["number"].lower(): record for record in records}


def _record(said: Json, hospitals: list[Json]) -> Json:
    english = not said.get("no_english")

    def both(key: str, ja: str = "", en: str = "") -> Both:
        words = said.get(key) or (ja, en)
        return Both(words[0], words[1] if english else "")

    sites = [_site(said, hospitals, place, english=english) for place in range(max(1, said["sites"]))]
    company = both("company")
    return {
        **_plan(said, both),
        **_days(said),
        "number": said["number"],
        "number_label": "jRCT番号" if said["kind"].endswith("治験") else "臨床研究実施計画番号",
        "kind": said["kind"],
        "status": Both(*STATUS[said["status"]]),
        "status_code": said["status"],
        "title": both("title"),
        "plain": both("plain"),
        "lead": sites[0],
        "contact": {**sites[0], "name": company, "department": "臨床開発窓口"} if company.ja else sites[0],
        "others": sites[1:],
        "board": both("board", "架空臨床研究審査委員会", "Fictional Certified Review Board"),
        "companies": [company] if company.ja else [],
        "sponsor": company if company.ja else sites[0]["name"],
        "grant": Both() if company.ja else both("grant", "架空研究振興財団", "Fictional Research Foundation"),
        "other_numbers": [
            {"number": number, "registry_ja": ja, "registry_en": en}
            for number, ja, en in said.get("other_numbers", ())
        ],
        "international": said.get("international", False),
        "note": said.get("note", ""),
    }  # fmt: skip


def _days(said: Json) -> Json:
    history = said.get("history", [])
    ends = f"{int(said['begins'][:4]) + 4}-03-31"
    first = said["begins"] if said["status"] > 1 else ""
    published = history[-1] if history else said["registered"]
    return {
        "day": published,
        "registered": in_era(said["registered"]),
        "registered_en": in_english(said["registered"]),
        "changed": in_era(history[-1]) if history else "",
        "changed_en": in_english(history[-1]) if history else "",
        "published": in_era(published),
        "published_en": in_english(published),
        "history": [in_era(day) for day in (said["registered"], *history)] if history else [],
        "filed": in_era(said["registered"]),
        "approved": in_era(said["registered"]),
        "stopped": "",
        "observed_until": in_era(ends),
        "planned_start": in_numbers(said["begins"]),
        "planned_start_en": in_english(said["begins"]),
        "first_patient": in_numbers(first),
        "first_patient_en": in_english(first) if first else "",
        "begins": in_numbers(said["begins"]),
        "ends": in_numbers(ends),
        "ends_en": in_english(ends),
    }


def _plan(said: Json, both: Any) -> Json:
    blind, observes = said.get("blind", False), said.get("observes", False)
    condition = both("condition")
    product = {"approval_number": "", "provider": "", "place": "", **said.get("product", {})}
    marked = "<br>HTMLを含む文 <b>& 記号</b>" if said.get("html") else ""
    return {
        "phase": said["phase"],
        "purpose": f"{condition.ja}に対する有効性と安全性を検討する（架空）。{marked}",
        "size": str(said["size"]),
        "type": both("type", *(("観察研究", "Observational") if observes else ("介入研究", "Interventional"))),
        "allocation": both("-", *(("無作為化比較", "randomized controlled trial") if blind else ("単群", "single arm study"))),
        "masking": both("-", *(("二重盲検", "double blind") if blind else ("非盲検", "open(masking not used)"))),
        "control": both("-", *(("プラセボ対照", "placebo control") if blind else ("非対照", "uncontrolled control"))),
        "assignment": both("-", *(("並行群間比較", "parallel assignment") if blind else ("単群比較", "single assignment"))),
        "aim": both("-", "治療", "treatment purpose"),
        "placebo": "あり" if blind else "なし",
        "blinded": "あり" if blind else "なし",
        "randomised": "あり" if blind else "なし",
        "countries": both("countries", "なし", "none"),
        "inclusion": both("-", f"{condition.ja}と診断され、本人の文書同意が得られた者", f"Diagnosed with {condition.en}; written consent"),
        "exclusion": both("-", "妊娠中又は授乳中の者", "Pregnant or breast-feeding"),
        "age_from": both("age_from", "18歳以上", "18age old over"),
        "age_to": both("age_to", "75歳以下", "75age old under"),
        "gender": both("gender", "男性・女性", "Both"),
        "condition": condition,
        "code": said.get("code", ""),
        "keyword": both("keyword"),
        "intervenes": "なし" if observes else "あり",
        "intervention": both("-", f"{product.get('generic', '')}の投与（架空）", "Administration (fictional)") if not observes else Both(),
        "primary": both("-", "主要評価項目（架空）", "Primary endpoint (fictional)"),
        "secondary": both("-", "安全性", "Safety"),
        "result": both("-", "主要評価項目を達成した（架空）", "The primary endpoint was met (fictional)") if said.get("result") else Both(),
        "products": [product] if "product" in said else [],
    }  # fmt: skip


def _site(said: Json, hospitals: list[Json], place: int, *, english: bool) -> Json:
    """Return one hospital of a trial: the named ones first, then as many numbered ones as it takes."""
    shift = int(said["number"][-4:])
    if place < len(hospitals):
        hospital = hospitals[(place + shift) % len(hospitals)]
    else:
        hospital = {
            "ja": f"架空第{place}病院",
            "en": f"Fictional Hospital No. {place}",
            "prefecture": "東京都",
            "city": "架空区",
        }
    ja, en = hospital["ja"], hospital["en"]
    if said.get("masked") and place % 3 == 2:
        ja, en = "実施医療機関", "Research Site"
    if said.get("typo"):
        en = en.replace("Hospital", "Hosital")
    if said.get("short_site"):
        ja = f"医療法人架空会　{ja}　"
    person = Both(*PEOPLE[(place + shift) % len(PEOPLE)])
    return {
        "name": Both(ja, en if english else ""),
        "person": person,
        "head": PEOPLE[(place + shift + 1) % len(PEOPLE)][0],
        "department": ("内科", "臨床研究センター", "小児科")[place % 3],
        "address": Both(f"{hospital['prefecture']} {hospital['city']}架空町1-{place + 1}", f"1-{place + 1}, Kaku-cho (fictional)"),
        "permission": "なし" if said.get("permission_gap") and place % 5 == 4 else "あり",
    }  # fmt: skip
