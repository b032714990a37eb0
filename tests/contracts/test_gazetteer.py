"""What every Gazetteer does: names the place that people would, in their language, and says nothing far from any."""

import fcntl
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.gazetteer.file import file_in
from infra.gazetteer.geonames import GeoNames
from infra.gazetteer.tables import landmarks
from infra.local.parts import ROOT
from internal.errors import TemporaryFailure
from internal.media import Place
from internal.ports import Gazetteer
from internal.vlog import Language
from tests.queue_server import wait_until
from tests.whole import PLACES

LANGUAGES: tuple[Language, ...] = ("en", "ja", "zh-Hant", "zh-Hans", "ko")
MADE = GeoNames(PLACES)


@pytest.fixture(params=[MADE], ids=["geonames"])
def gazetteer(request: pytest.FixtureRequest) -> Gazetteer:
    adapter: Gazetteer = request.param
    return adapter


def near(gazetteer: Gazetteer, latitude: float, longitude: float, language: Language = "en") -> Place:
    place = gazetteer.near(latitude, longitude, language)
    assert place
    return place


def names(gazetteer: Gazetteer, latitude: float, longitude: float) -> list[str]:
    return [near(gazetteer, latitude, longitude, language).name for language in LANGUAGES]


# ---------------------------------------------------------------- which place


@pytest.mark.parametrize(
    ("latitude", "longitude", "name"),
    [
        (43.4674, 11.8851, "Arezzo"),
        (40.4169, -3.7035, "Madrid"),
        (60.1675, 24.9427, "Helsinki"),
        (34.6937, 135.5023, "Osaka"),
        (41.2203, -96.0716, "Omaha"),  # in its west, where small towns are nearer than its middle
        (36.0652, -112.1371, "Grand Canyon"),
        (33.1268, -117.3273, "Carlsbad"),
        (35.7031, 139.5796, "Tokyo"),  # Kichijoji
        (48.8323, 2.3556, "Paris"),
        (51.4340, -0.2140, "London"),  # Wimbledon
        (35.3065, 139.5286, "Kamakura"),
        (43.8067, 11.2931, "Fiesole"),  # a village above Florence
        (47.5622, 13.6493, "Hallstatt"),  # 800 people
        (-33.8688, 151.2093, "Sydney"),
    ],
)
def test_a_place_is_named_as_people_there_would(
    gazetteer: Gazetteer, latitude: float, longitude: float, name: str
) -> None:
    assert near(gazetteer, latitude, longitude).name == name


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(30.0, -40.0), (-48.9, -123.4), (90.0, 0.0), (-90.0, 12.0), (0.0, 180.0), (89.9, -180.0), (23.0, 12.0)],
)
def test_far_from_everything_there_is_no_place(gazetteer: Gazetteer, latitude: float, longitude: float) -> None:
    assert gazetteer.near(latitude, longitude, "en") is None


def south_of_coober_pedy(kilometres: float) -> tuple[float, float]:
    """It stands alone in the desert."""
    return -29.0139 - kilometres / 111.195, 134.7533


@pytest.mark.parametrize(("kilometres", "told"), [(0.5, 0), (4, 4), (10, 10), (-30, 30), (49, 49)])
def test_outside_a_town_it_is_named_with_its_distance(gazetteer: Gazetteer, kilometres: float, told: float) -> None:
    place = near(gazetteer, *south_of_coober_pedy(kilometres))
    assert (place.name, place.kilometres) == ("Coober Pedy", pytest.approx(told, abs=0.2))


@pytest.mark.parametrize("kilometres", [52, -52])
def test_past_fifty_kilometres_no_town_is_named(gazetteer: Gazetteer, kilometres: float) -> None:
    assert gazetteer.near(*south_of_coober_pedy(kilometres), "en") is None


@pytest.mark.parametrize("longitude", [179.95, 180.0, -180.0, -179.95])
def test_a_town_is_found_from_either_side_of_the_date_line(gazetteer: Gazetteer, longitude: float) -> None:
    """It stands 39 km east of the line."""
    assert near(gazetteer, 66.3232, longitude).name == "Egvekinot"


def test_near_the_pole_every_longitude_is_looked_at(gazetteer: Gazetteer) -> None:
    """Longyearbyen, from 33 km south of it, where a degree of longitude has 23 km."""
    assert near(gazetteer, 78.0, 16.5).name == "Longyearbyen"


@pytest.mark.parametrize(
    ("latitude", "longitude", "zone"),
    [(35.36, 138.73, "Asia/Tokyo"), (36.06, -112.14, "America/Phoenix"), (27.70, 85.32, "Asia/Kathmandu")],
)
def test_a_place_knows_its_time_zone(gazetteer: Gazetteer, latitude: float, longitude: float, zone: str) -> None:
    assert near(gazetteer, latitude, longitude).zone == zone


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        (35.011, 135.742, ["Kyoto", "京都", "京都", "京都", "교토"]),
        (35.450, 139.630, ["Yokohama", "横浜", "橫濱", "横滨", "요코하마"]),
        (34.400, 132.470, ["Hiroshima", "広島", "廣島", "广岛", "히로시마"]),
        (34.966, 136.620, ["Yokkaichi", "四日市", "四日市", "四日市", "욧카이치"]),
        (39.930, 116.440, ["Beijing", "北京", "北京", "北京", "베이징"]),
        (23.120, 113.250, ["Guangzhou", "広州", "廣州", "广州", "광저우"]),
        (25.060, 121.540, ["Taipei", "台北", "台北", "台北", "타이베이"]),
        (37.550, 127.040, ["Seoul", "ソウル", "首爾", "首尔", "서울"]),
        (35.150, 129.060, ["Busan", "釜山", "釜山", "釜山", "부산"]),
        (10.790, 106.700, ["Ho Chi Minh City", "ホーチミン", "胡志明市", "胡志明市", "호찌민"]),
        (41.030, 28.950, ["Istanbul", "イスタンブール", "伊斯坦堡", "伊斯坦布尔", "이스탄불"]),
        (48.870, 2.350, ["Paris", "パリ", "巴黎", "巴黎", "파리"]),
        (43.790, 11.250, ["Florence", "フィレンツェ", "佛羅倫斯", "佛罗伦萨", "피렌체"]),
        (50.920, 6.930, ["Cologne", "ケルン", "科隆", "科隆", "쾰른"]),
        (43.463, 11.881, ["Arezzo", "アレッツォ", "阿雷佐", "阿雷佐", "아레초"]),
        (-33.880, 151.200, ["Sydney", "シドニー", "雪梨", "悉尼", "시드니"]),
        (34.110, -118.200, ["Los Angeles", "ロサンゼルス", "洛杉磯", "洛杉矶", "로스앤젤레스"]),
    ],
)
def test_a_town_has_its_name_in_each_language(
    gazetteer: Gazetteer, latitude: float, longitude: float, expected: list[str]
) -> None:
    assert names(gazetteer, latitude, longitude) == expected


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        (35.233, 139.105, ["Hakone", "箱根", "箱根", "箱根", "하코네"]),
        (35.360, 138.730, ["Mount Fuji", "富士山", "富士山", "富士山", "후지산"]),
        (
            34.967,
            135.773,
            ["Fushimi Inari Taisha", "伏見稲荷大社", "伏見稻荷大社", "伏见稻荷大社", "후시미 이나리 신사"],
        ),
        (48.858, 2.295, ["Eiffel Tower", "エッフェル塔", "艾菲爾鐵塔", "埃菲尔铁塔", "에펠탑"]),
        (36.100, -112.100, ["Grand Canyon", "グランドキャニオン", "大峽谷", "大峡谷", "그랜드 캐니언"]),
        (23.860, 120.915, ["Sun Moon Lake", "日月潭", "日月潭", "日月潭", "르웨탄"]),
        (37.579, 126.977, ["Gyeongbokgung", "景福宮", "景福宮", "景福宫", "경복궁"]),
    ],
)
def test_at_a_landmark_it_is_the_landmark_that_is_named(
    gazetteer: Gazetteer, latitude: float, longitude: float, expected: list[str]
) -> None:
    assert names(gazetteer, latitude, longitude) == expected


def test_a_landmark_in_a_city_ends_where_its_reach_ends(gazetteer: Gazetteer) -> None:
    assert near(gazetteer, 48.8584, 2.2945).name == "Eiffel Tower"
    assert near(gazetteer, 48.8584 - 0.9 / 111.195, 2.2945).name == "Paris"


def test_a_village_on_a_wide_landmark_has_its_own_name(gazetteer: Gazetteer) -> None:
    assert near(gazetteer, 36.4620, 25.3755).name == "Oia"
    assert near(gazetteer, 36.3900, 25.4600).name == "Santorini"


def test_a_small_landmark_on_a_wide_one_comes_first(gazetteer: Gazetteer) -> None:
    assert near(gazetteer, 13.4125, 103.8670).name == "Angkor Wat"
    assert near(gazetteer, 13.4410, 103.8590).name == "Angkor"


def test_every_landmark_is_found_where_it_stands_and_its_names_are_there(gazetteer: Gazetteer) -> None:
    found = [near(gazetteer, one.latitude, one.longitude) for one in landmarks()]
    assert [(place.name, place.kilometres) for place in found] == [(one.names["en"], 0) for one in landmarks()]
    assert [one.names["en"] for one in landmarks() if set(one.names) != set(LANGUAGES)] == []
    assert {ZoneInfo(place.zone).key for place in found} == {one.zone for one in landmarks()}


@settings(max_examples=100, deadline=None)
@given(latitude=st.floats(-90, 90), longitude=st.floats(-180, 180), language=st.sampled_from(LANGUAGES))
def test_any_point_on_the_globe_has_an_answer_always_the_same(
    latitude: float, longitude: float, language: Language
) -> None:
    place = MADE.near(latitude, longitude, language)
    assert place == MADE.near(latitude, longitude, language)
    assert place is None or (place.name and 0 <= place.kilometres <= 50 and ZoneInfo(place.zone))


# ---------------------------------------------------------------- its file


def test_many_threads_may_ask_at_once() -> None:
    gazetteer = GeoNames(PLACES)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: near(gazetteer, 43.4674, 11.8851).name, range(40)))
    assert set(answers) == {"Arezzo"}


def test_a_spoilt_file_is_made_anew(tmp_path: Path) -> None:
    gazetteer = GeoNames(tmp_path)
    file = tmp_path / made().name
    file.write_bytes(made().read_bytes()[:1_000_000])
    assert near(gazetteer, 43.4674, 11.8851).name == "Arezzo"
    assert file.read_bytes() == made().read_bytes()
    file.write_bytes(b"spoilt" * 1000)  # while it is in use
    assert near(gazetteer, 43.4674, 11.8851).name == "Arezzo"


def test_a_builder_that_is_killed_leaves_nothing_to_read_and_two_at_once_build_one_file(tmp_path: Path) -> None:
    killed = builder(tmp_path)
    wait_until(lambda: list(tmp_path.glob("*.part")) != [], 60)
    killed.kill()
    assert killed.wait() == -signal.SIGKILL
    assert list(tmp_path.glob("*.sqlite")) == []
    for older in ("places-0123456789ab.sqlite", "places-0123456789ab.part"):
        (tmp_path / older).touch()
    both = [builder(tmp_path), builder(tmp_path)]
    assert [one.wait(60) for one in both] == [0, 0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", made().name]
    assert (tmp_path / made().name).read_bytes() == made().read_bytes()


def test_what_cannot_be_made_now_may_be_later(tmp_path: Path) -> None:
    """Where a folder is wanted, there is a file."""
    in_the_way = tmp_path / "places"
    in_the_way.touch()
    gazetteer = GeoNames(in_the_way)
    with pytest.raises(TemporaryFailure):
        gazetteer.near(43.4674, 11.8851, "en")
    in_the_way.unlink()
    in_the_way.symlink_to(PLACES)
    assert near(gazetteer, 43.4674, 11.8851).name == "Arezzo"


def test_a_folder_that_cannot_be_is_a_failure_that_may_pass(tmp_path: Path) -> None:
    with pytest.raises(TemporaryFailure):
        GeoNames(tmp_path / ("x" * 300)).near(43.4674, 11.8851, "en")


def test_nobody_waits_without_end_for_a_builder_that_hangs(tmp_path: Path) -> None:
    gazetteer = GeoNames(tmp_path, patience=0.5)
    with (tmp_path / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(TemporaryFailure):
            gazetteer.near(43.4674, 11.8851, "en")
    shutil.copy(made(), tmp_path)
    assert near(gazetteer, 43.4674, 11.8851).name == "Arezzo"


def builder(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "infra.gazetteer", str(folder)], cwd=ROOT, stdout=subprocess.DEVNULL)


def made() -> Path:
    """The file that all these tests share, made by whoever came first."""
    near(MADE, 43.4674, 11.8851)
    return file_in(PLACES)
