"""The people who will enter a school, as rows of a form (R32)."""

from __future__ import annotations

from registry.contracts.people import MAX_PEOPLE, Person, read_people
from registry.kernel.errors import Invalid
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_


def read_posted_people(form: Form) -> list[Person]:
    """The people of a posted form; their rows are numbered anew in the order typed."""
    return [
        Person(
            name=row.text("name", N_("姓名"), max_length=80),
            id_number=row.text("id_number", N_("身份证号码"), max_length=40),
            certificate=row.text("certificate", N_("资格证件"), required=False, max_length=80),
            health_checked_on=row.date("health_checked_on", N_("健康查验日期"), required=False),
            record_queried_on=row.date("record_queried_on", N_("违法犯罪记录查询日期"), required=False),
        )
        for row in form.rows("people", max_rows=MAX_PEOPLE, label=N_("入校服务人员"))
    ]


async def people_form(contract_id: int) -> Form:
    """The people of a contract as fields."""
    return filled(
        {
            "people": [
                {
                    "name": one.name,
                    "id_number": one.id_number,
                    "certificate": one.certificate,
                    "health_checked_on": one.health_checked_on,
                    "record_queried_on": one.record_queried_on,
                }
                for one in await read_people(contract_id)
            ]
        }
    )


def place_people_errors(form: Form, error: Invalid) -> None:
    """Put the errors of people at their rows: the rows of the form may have gaps in their numbers."""
    numbers = [n for n in form.row_numbers("people") if not form.row("people", n).empty]
    for one in error.fields:
        group, _, rest = one.field.partition("-")
        index, _, name = rest.partition("-")
        if group == "people" and index.isdigit() and int(index) < len(numbers):
            form.fail(f"people-{numbers[int(index)]}-{name}", one.message, **one.params)
        else:
            form.fail("", one.message, **one.params)
