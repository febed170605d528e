"""Every macro renders what design.md asks of it: a mark and a word, a label and its input."""

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import jinja2
import pytest
from markupsafe import Markup

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


@pytest.fixture(scope="module")
def jinja() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_null_translations(newstyle=True)
    environment.globals["locale"] = "en"
    environment.filters |= {
        "day": lambda day: Markup('<time datetime="{0}" translate="no" lang="en">{0}</time>').format(day.isoformat()),
        "moment": lambda at: Markup('<time translate="no" lang="en">{}</time>').format(at.isoformat()),
        "number": str,
        "language_of": lambda text: "ja" if any("぀" <= c <= "鿿" for c in text) else "en",
    }
    return environment


IMPORTS = "".join(
    f'{{% import "macros/{file}.html" as {name} %}}'
    for file, name in [
        ("facts", "facts"),
        ("forms", "forms"),
        ("page", "parts"),
        ("tables", "tables"),
        ("charts", "charts"),
    ]
)


def shown(jinja: jinja2.Environment, source: str, **context: object) -> str:
    return " ".join(jinja.from_string(IMPORTS + source).render(**context).split())


@pytest.mark.parametrize("value", ["meets", "unknown", "fails"])
def test_a_verdict_is_a_mark_and_a_word(jinja: jinja2.Environment, value: str) -> None:
    words = {"meets": "Meets", "unknown": "Unknown", "fails": "Does not meet"}
    assert (
        shown(jinja, "{{ facts.verdict(v) }}", v=value)
        == f'<span class="verdict" data-v="{value}">{words[value]}</span>'
    )


def test_unknown_is_never_no(jinja: jinja2.Environment) -> None:
    assert "No information" in shown(jinja, '{{ facts.state("unknown") }}')
    assert ">Not available<" in shown(jinja, '{{ facts.state("no") }}')


def test_an_enum_member_is_read_by_its_value(jinja: jinja2.Environment) -> None:
    assert 'data-tier="A"' in shown(jinja, "{{ facts.tier(t) }}", t=SimpleNamespace(value="A"))


def test_openness_of_nobody_knows_what_is_no_information(
    jinja: jinja2.Environment,
) -> None:
    assert "No information" in shown(jinja, "{{ facts.openness(none) }}")
    assert "Closed to new trials" in shown(jinja, '{{ facts.openness("closed") }}')


def test_evidence_names_its_source_its_date_and_that_nobody_confirmed_it(
    jinja: jinja2.Environment,
) -> None:
    html = shown(
        jinja,
        '{{ facts.evidence("Phase 1 unit, <30> beds.", "https://www.example.org/a/b", day) }}',
        day=date(2026, 11, 20),
    )
    assert '<span lang="en" translate="no">Phase 1 unit, &lt;30&gt; beds.</span>' in html
    assert (
        '<a href="https://www.example.org/a/b" rel="external noreferrer" lang="en" translate="no">example.org</a>'
        in html
    )
    assert "2026-11-20" in html and "<b>unconfirmed</b>" in html


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("facts.standing(confirmed=true, as_of=day)", "Confirmed by the site, "),
        (
            "facts.standing(confirmed=true, as_of=day, stale_months=14)",
            "to be renewed (14 months ago)",
        ),
        ("facts.standing(confirmed=true)", "Confirmed by the site"),
        (
            "facts.standing(source_url='https://example.org', as_of=day, stale_months=20)",
            "(to be renewed), <b>unconf",
        ),
        (
            "facts.standing(source_url='https://example.org')",
            "example.org</a>, <b>unconfirmed</b>",
        ),
        (
            "facts.standing(source_url='https://example.org', as_of=day, read=true)",
            "read <time",
        ),
        (
            "facts.standing(source='Leaflet', when='March 2020')",
            ">Leaflet</span>, as of March 2020",
        ),
        ("facts.standing(as_of=day)", "<b>unconfirmed</b>"),
        ("facts.standing()", "<b>Unconfirmed</b>"),
    ],
)
def test_a_value_never_stands_without_its_standing(jinja: jinja2.Environment, call: str, words: str) -> None:
    assert words in shown(jinja, "{{ " + call + " }}", day=date(2026, 11, 20))


def test_a_name_is_shown_in_the_readers_language_and_the_other_beside_it(
    jinja: jinja2.Environment,
) -> None:
    row = SimpleNamespace(name_en="Sample University Hospital", name_ja="見本大学病院")
    html = shown(jinja, "{{ facts.name(row) }}{{ facts.other_name(row) }}", row=row)
    assert html == (
        '<span lang="en" translate="no">Sample University Hospital</span>'
        '<span class="sub" lang="ja" translate="no">見本大学病院</span>'
    )
    only = SimpleNamespace(name_en=None, name_ja="見本大学病院")
    assert shown(jinja, "{{ facts.name(row) }}", row=only) == '<span lang="ja" translate="no">見本大学病院</span>'


def test_a_refused_field_keeps_what_was_typed_and_says_why_beside_it(
    jinja: jinja2.Environment,
) -> None:
    html = shown(
        jinja,
        '{{ forms.field("age", "Maximum age", term_ja="年齢上限", error="Enter 18 or more. You typed 8.", value="8",'
        ' kind="number", tier="N", unit="years", help="Whole years.") }}',
    )
    assert '<label for="field-age">Maximum age</label>' in html
    assert 'aria-describedby="field-age-help field-age-error field-age-unit" aria-invalid="true"' in html
    assert 'value="8"' in html and "Enter 18 or more. You typed 8." in html
    assert '<span class="term-ja" lang="ja" translate="no">年齢上限</span>' in html


def test_hostile_words_are_text(jinja: jinja2.Environment) -> None:
    html = shown(
        jinja,
        '{{ forms.field("a", "A", kind="textarea", value=v) }}',
        v="</textarea><script>",
    )
    assert "&lt;/textarea&gt;&lt;script&gt;" in html


def test_a_date_is_a_text_input_so_that_a_wrong_one_comes_back(
    jinja: jinja2.Environment,
) -> None:
    html = shown(jinja, '{{ forms.field("d", "Day", kind="date", value="2026-13-45") }}')
    assert 'type="text"' in html and 'value="2026-13-45"' in html


@pytest.mark.parametrize(("kind", "mark"), [("radio", "checked"), ("select", "selected")])
def test_the_chosen_choice_is_marked_and_data_carries_its_language(
    jinja: jinja2.Environment, kind: str, mark: str
) -> None:
    html = shown(
        jinja,
        "{{ forms.field('m', 'Modality', kind=kind, value='cell', choices=[('small', 'Small molecule'),"
        " ('cell', '細胞', 'ja')]) }}",
        kind=kind,
    )
    assert html.count(mark) == 1
    assert 'lang="ja" translate="no">細胞' in html
    assert f'value="cell" {mark}' in html


def test_several_boxes_may_be_ticked(jinja: jinja2.Environment) -> None:
    html = shown(
        jinja,
        "{{ forms.field('n', 'Needs', kind='checkbox', value=['a', 'b'], error='Too many.',"
        " choices=[('a', 'A'), ('b', 'B'), ('c', 'C')]) }}",
    )
    assert html.count("checked") == 2 and "Too many." in html


def test_an_agreement_may_be_refused(jinja: jinja2.Environment) -> None:
    assert "Accept first." in shown(jinja, '{{ forms.check("ok", "I accept", error="Accept first.") }}')
    html = shown(jinja, '{{ forms.check("ok", "I accept", checked=true, help="Version 1.") }}')
    assert "checked" in html and 'aria-describedby="field-ok-help"' in html


def test_the_summary_leads_to_each_refused_field(jinja: jinja2.Environment) -> None:
    html = shown(jinja, "{{ forms.error_summary({'age': 'Enter 18 or more.'}) }}")
    assert '<a href="#field-age">Enter 18 or more.</a>' in html and 'role="alert"' in html
    assert shown(jinja, "{{ forms.error_summary({}) }}") == ""


def test_an_imported_value_waits_for_a_person(jinja: jinja2.Environment) -> None:
    html = shown(
        jinja,
        "{{ forms.imported('phase', 'Phase', 'Phase 1', 'ClinicalTrials.gov NCT00000000', at, tier='N') }}",
        at=datetime(2026, 11, 20, 5, 2, tzinfo=UTC),
    )
    assert "From the registry: please confirm." in html
    assert 'name="confirm" value="phase"' in html and 'name="change" value="phase"' in html


def test_buttons_post(jinja: jinja2.Environment) -> None:
    html = shown(jinja, "{{ forms.post_button('/x', 'Withdraw', fields={'version': 3}) }}")
    assert 'method="post" action="/x"' in html and 'name="version" value="3"' in html
    assert "button-plain" in shown(jinja, "{{ forms.submit('Go', 'plain', 'step', 'next') }}")


def test_an_input_in_a_table_is_named_by_row_and_column(
    jinja: jinja2.Environment,
) -> None:
    html = shown(
        jinja,
        "{{ forms.cell_input('n1', 'Oncology: number of trials', value=2, error='Enter 0 or more.') }}",
    )
    assert 'aria-label="Oncology: number of trials"' in html and 'aria-describedby="field-n1-error"' in html


def test_a_table_stays_a_table_when_its_rows_become_blocks(
    jinja: jinja2.Environment,
) -> None:
    html = shown(
        jinja,
        "{% call tables.table('Sites', [('Site', ''), ('Trials', 'num')], kind='compact even') %}"
        "{{ tables.group('Kanto', 2, '1 site') }}"
        "{% call tables.row('late') %}{% call tables.head() %}A{% endcall %}{{ tables.plain('Trials', 3, 'num') }}"
        "{% call tables.cell('Trials') %}<b>4</b>{% endcall %}{% endcall %}{{ tables.nothing('None', 2) }}{% endcall %}",
    )
    assert html.count('role="row"') == 4 and 'class="data data-compact data-even"' in html
    assert '<td role="cell" data-label="Trials" class="num"><span>3</span></td>' in html
    assert 'data-mark="late"' in html and 'scope="rowgroup"' in html


def test_the_stepper_says_where_it_stands_in_a_sentence(
    jinja: jinja2.Environment,
) -> None:
    html = shown(jinja, "{{ parts.stepper(5) }}")
    assert "Current stage: 5 Expressions of interest" in html
    assert html.count('data-step="done"') == 5 and html.count('data-step="next"') == 6
    assert "Closed" in shown(jinja, "{{ parts.stepper(11, 'Closed') }}")


def test_panes_repeat_the_count(jinja: jinja2.Environment) -> None:
    html = shown(jinja, "{{ parts.panes(9, 15, 5) }}")
    assert (html.count("data-on"), html.count("data-expected"), html.count("<li")) == (
        9,
        5,
        15,
    )


def test_the_pager_keeps_the_filters(jinja: jinja2.Environment) -> None:
    paged = SimpleNamespace(paging=SimpleNamespace(number=2), pages=3)
    html = shown(jinja, "{{ parts.pager(p, 'kind=network') }}", p=paged)
    assert 'href="?kind=network&amp;page=1"' in html and 'href="?kind=network&amp;page=3"' in html
    assert shown(jinja, "{{ parts.pager(p) }}", p=SimpleNamespace(pages=1)) == ""


def test_crumbs_end_where_the_reader_stands(jinja: jinja2.Environment) -> None:
    html = shown(
        jinja,
        "{{ parts.crumbs([('Institutions', '/institutions'), ('見本大学病院', none, 'ja')]) }}",
    )
    assert '<a href="/institutions">Institutions</a>' in html
    assert '<span aria-current="page" lang="ja" translate="no">見本大学病院</span>' in html


def test_parts_of_a_page(jinja: jinja2.Environment) -> None:
    html = shown(
        jinja,
        "{% call parts.head('H') %}<p>lead</p>{% endcall %}"
        "{% call parts.section('S', aside='quiet', id='s', strong=true) %}<p>s</p>{% endcall %}"
        "{% call parts.next_box('Next') %}<p>n</p>{% endcall %}{% call parts.notice('warn') %}<p>w</p>{% endcall %}"
        "{{ parts.done('Saved.') }}{{ parts.empty('Nothing', 'because') }}"
        "{% call parts.figures() %}{{ parts.figure('Received', 22, 'cases', '#c', 'why') }}{% endcall %}"
        "{{ parts.headline(9, 'counted') }}{{ parts.versions('We agree.', '同意します。') }}"
        "{{ parts.index([('Study', '#', '1 error', true)]) }}{{ parts.progress('8 of 12', 8, 12) }}"
        "{% call parts.board() %}{% call parts.lane('Triage', 1, 'l0') %}"
        "{% call parts.entry('/c/1', 'Case', late=true) %}<span>x</span>{% endcall %}{% endcall %}{% endcall %}"
        "{% call parts.filters('Show') %}<p>f</p>{% endcall %}",
    )
    for words in (
        "section-strong",
        'class="next"',
        "notice-warn",
        'role="status"',
        "because",
        ">22<",
        "is-original",
    ):
        assert words in html
    assert 'lang="ja" translate="no">同意します。' in html and 'aria-labelledby="l0"' in html


def test_facts_stand_in_rows_and_clocks_say_why(jinja: jinja2.Environment) -> None:
    html = shown(
        jinja,
        "{% call facts.rows('side') %}{% call facts.row('Beds', facts.evidence('15 beds')) %}<b>15</b>{% endcall %}"
        "{{ facts.said_row('Kind', 'Core hospital') }}{% endcall %}{{ facts.clock('soon', '2 days left', 'until Friday') }}"
        "{{ facts.tag('MRCT') }}{{ facts.tag('Kyoto', 'en') }}{{ facts.fiction_tag() }}",
    )
    assert "facts-inline" in html and html.count("<dd>") == 3
    assert 'data-c="soon">2 days left' in html and "until Friday" in html and "Fictional" in html


def test_a_picture_of_numbers_comes_with_its_numbers(jinja: jinja2.Environment) -> None:
    html = shown(
        jinja,
        "{% call charts.chart('Count', 'how', wide, wide, 'method') %}<table></table>{% endcall %}"
        "{{ charts.bar(3, 10, '30 %') }}{% call charts.map_frame('Map', 'how') %}{{ wide }}{% endcall %}",
        wide=Markup("<svg></svg>"),
    )
    assert "Show the figures as a table" in html and "<table>" in html and 'width="3"' in html
    assert "Victor Cazanave" in html and "CC BY 4.0" in html
