"""Screening at size, against two baselines in the same run: exact match and rapidfuzz ``process.extract``.

    python -m tests.bench.screening [--listings 100000] [--providers 300000] [--single 500] [--fuzzy 10] [--json FILE]

Measured: building the index, one provider against all listings, all providers against all listings (with a progress
bar on a terminal), one new listing against all providers, and the peak memory of the whole run. Everything is made
from a seed; nothing is read or sent. The baselines answer for names only, so they do less.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from rapidfuzz import fuzz, process
from tqdm import tqdm

from vetting.matching.index import ProviderIndex, Screener
from vetting.matching.lookalike import misreadings
from vetting.matching.model import Listing, ListKind, Person, Subject, SubjectType
from vetting.matching.normalise import expand_id

AS_OF = date(2025, 9, 1)
PLACES = (
    "南宁市",
    "柳州市",
    "桂林市",
    "南宁市青秀区",
    "南宁市西乡塘区",
    "北海市",
    "玉林市",
    "百色市",
    "长沙市岳麓区",
    "成都市武侯区",
)
# The characters of everyday use: the first level of GB 2312.
CHARS = bytes(byte for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFF) for byte in (high, low)).decode(
    "gb2312"
)
TRADES = (
    "艺术培训",
    "文化传播",
    "体育发展",
    "教育科技",
    "信息咨询",
    "研学旅行",
    "编程教育",
    "课后服务",
    "少儿美术培训",
    "文化艺术",
)
FORMS = ("有限公司", "有限公司", "有限公司", "有限责任公司", "培训中心", "工作室（个体工商户）", "画室")
SURNAMES = "王李张刘陈杨黄赵吴周韦覃农莫梁谭苏卢陆蒙"
GIVEN = "伟芳娜敏静丽强磊军洋砚汐棠舟禾岫笙遥霁荔一若清文海宇欣怡子涵梓轩"


class Maker:
    """Fictional organisations and persons."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def name(self) -> str:
        """A company name."""
        random = self.random
        brand = "".join(random.choices(CHARS, k=random.choice((2, 3, 4))))
        return random.choice(PLACES) + brand + random.choice(TRADES) + random.choice(FORMS)

    def code(self) -> str:
        """A code of 18 characters."""
        return "91450103" + "".join(self.random.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=10))

    def person(self) -> Person:
        """A person with a full ID."""
        random = self.random
        name = random.choice(SURNAMES) + "".join(
            random.choices(random.choice((GIVEN, CHARS)), k=random.choice((1, 2, 2)))
        )
        old = f"4501{random.randint(1, 24):02}{random.randint(60, 99)}{random.randint(1, 12):02}{random.randint(1, 28):02}"
        return Person(name, expand_id(f"{old}{random.randint(1, 999):03}"))

    def listings(self, count: int) -> Iterator[Listing]:
        """Listings: four organisations to one person, some without code, some with masked or missing IDs."""
        random = self.random
        for i in range(count):
            person = self.person()
            shown = random.random()
            if shown < 0.2:
                person = Person(person.name, person.id_number[:4] + "*" * 10 + person.id_number[-4:])
            elif shown < 0.3:
                person = Person(person.name)
            is_person = i % 5 == 0
            yield Listing(
                list_id=f"L{i}",
                kind=random.choice(tuple(ListKind)),
                subject_type=SubjectType.PERSON if is_person else SubjectType.ORGANISATION,
                name=person.name if is_person else self.name(),
                former_names=(self.name(),) if random.random() < 0.05 else (),
                credit_code="" if is_person or random.random() < 0.3 else self.code(),
                legal_representative=person,
                region_code="450103",
                in_force_from=date(2024, 1, 1),
            )

    def subjects(self, count: int, listings: list[Listing]) -> Iterator[Subject]:
        """Providers with three teachers each; one in a hundred has to do with a listing."""
        random = self.random
        for i in range(count):
            name, code, boss = self.name(), self.code(), self.person()
            if i % 100 == 0 and listings:
                listing = random.choice(listings)
                way = random.randrange(4)
                if way == 0:
                    code = listing.credit_code.lower() or code
                elif way == 1:
                    name = listing.name.replace("（", "(").replace("）", ")")
                elif way == 2:
                    name = (misreadings(listing.name) or [name])[0]
                else:
                    boss = listing.legal_representative
            yield Subject(
                id=f"P{i}",
                name=name,
                credit_code=code,
                legal_representative=boss,
                teachers=tuple(self.person() for _ in range(3)),
                address=f"广西壮族自治区南宁市青秀区民族大道{i % 900 + 1}号",
            )


def at_share(ordered: list[float], share: float) -> float:
    """The duration (seconds, sorted) below which that share of them stays, in milliseconds."""
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 3)


def timed(times: list[float]) -> dict[str, float]:
    """Median, 99th percentile and worst of some durations (seconds), in milliseconds."""
    ordered = sorted(times)
    return {
        name: at_share(ordered, share)
        for name, share in (("median_ms", 0.5), ("p99_ms", 0.99), ("worst_ms", 1))
    }


class Stopwatch:
    """Hands on what an iterator gives and adds up the time that the iterator itself takes."""

    def __init__(self, source: Iterator[Subject]) -> None:
        self._source = source
        self.seconds = self.processor_seconds = 0.0

    def __iter__(self) -> Iterator[Subject]:
        while True:
            started, processor = time.perf_counter(), time.process_time()
            subject = next(self._source, None)
            self.seconds += time.perf_counter() - started
            self.processor_seconds += time.process_time() - processor
            if subject is None:
                return
            yield subject


def peak_mb() -> int:
    """Peak resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _advance(bar: Any, done: int) -> None:
    bar.update(done - bar.n)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """All measurements."""
    result: dict[str, Any] = {"listings": args.listings, "providers": args.providers}
    make = Maker(1)
    listings = list(make.listings(args.listings))

    started = time.perf_counter()
    screener = Screener(listings)
    result["build_listing_index_s"] = round(time.perf_counter() - started, 2)

    sample = list(Maker(2).subjects(args.single, listings))
    screener.screen(sample[0], AS_OF)  # loads the tables
    ours = []
    for subject in sample:
        started = time.perf_counter()
        screener.screen(subject, AS_OF)
        ours.append(time.perf_counter() - started)
    result["one_provider"] = timed(ours)

    names = {listing.name: listing.list_id for listing in listings}
    exact = []
    for subject in sample:
        started = time.perf_counter()
        names.get(subject.name)
        exact.append(time.perf_counter() - started)
    result["one_provider_exact_baseline"] = timed(exact)

    plain = [listing.name for listing in listings]
    fuzzy = []
    for subject in sample[: args.fuzzy]:
        started = time.perf_counter()
        process.extract(subject.name, plain, scorer=fuzz.ratio, score_cutoff=85, limit=10)
        fuzzy.append(time.perf_counter() - started)
    result["one_provider_rapidfuzz_baseline"] = timed(fuzzy)
    ratio = sum(fuzzy) / len(fuzzy) / (sum(ours) / len(ours))
    result["rapidfuzz_time_over_ours"] = round(ratio, 1)

    found = 0
    started, processor = time.perf_counter(), time.process_time()
    with tqdm(total=args.providers, unit="provider", disable=None) as bar:
        subjects = Stopwatch(Maker(3).subjects(args.providers, listings))
        for screening in screener.screen_all(subjects, AS_OF, lambda done: _advance(bar, done)):
            found += bool(screening.matches)
    result["all_providers_s"] = round(time.perf_counter() - started - subjects.seconds, 1)
    spent = time.process_time() - processor - subjects.processor_seconds
    result["all_providers_processor_s"] = round(spent, 1)
    result["all_providers_flagged"] = found
    result["all_providers_rapidfuzz_estimate_s"] = round(sum(fuzzy) / len(fuzzy) * args.providers)
    result["all_providers_peak_mb"] = peak_mb()
    del screener, names, plain

    started = time.perf_counter()
    subjects = Stopwatch(Maker(3).subjects(args.providers, listings))
    index = ProviderIndex(subjects)
    result["build_provider_index_s"] = round(time.perf_counter() - started - subjects.seconds, 1)
    times = []
    for listing in listings[: args.single]:
        started = time.perf_counter()
        list(index.touched(listing, AS_OF))
        times.append(time.perf_counter() - started)
    result["one_listing"] = timed(times)
    result["peak_mb"] = peak_mb()
    return result


LIMITS = (
    ("one_provider", "p99_ms", 5.0, "one provider against the listings"),
    ("one_listing", "p99_ms", 2000.0, "one new listing against the providers"),
)


def main(arguments: list[str] | None = None) -> int:
    """Print the figures, and each limit with what was reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--listings", type=int, default=100_000)
    parser.add_argument("--providers", type=int, default=300_000)
    parser.add_argument("--single", type=int, default=500, help="how many single screenings are timed")
    parser.add_argument(
        "--fuzzy", type=int, default=10, help="how many single screenings rapidfuzz is timed on"
    )
    parser.add_argument("--json", type=Path, help="also write the figures there")
    args = parser.parse_args(arguments)
    result = run(args)
    print(json.dumps(result, indent=1))
    for key, figure, limit, what in LIMITS:
        print(f"{what}: {result[key][figure]:.2f} ms at the 99th percentile (limit {limit:.0f} ms)")
    print(
        f"all providers: {result['all_providers_s']} s (limit 300 s), {result['all_providers_peak_mb']} MB (limit 1024 MB)"
    )
    print(
        f"rapidfuzz takes {result['rapidfuzz_time_over_ours']} times as long for one provider, on names alone"
    )
    if args.json is not None:
        args.json.write_text(json.dumps(result, indent=1), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
