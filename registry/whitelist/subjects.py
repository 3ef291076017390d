"""The sub-categories people look for (足球, 书法 …), told from the titles of courses.

Policies and forms know categories alone; a parent looks for what a child wants to do. A title may belong to several.
"""

from __future__ import annotations

from collections.abc import Iterable

from registry.whitelist.search import fold

SUBJECT_NAMES: dict[str, str] = {
    "football": "足球",
    "basketball": "篮球",
    "volleyball": "排球",
    "table_tennis": "乒乓球",
    "badminton": "羽毛球",
    "tennis": "网球",
    "swimming": "游泳",
    "athletics": "田径",
    "rope_skipping": "跳绳",
    "martial_arts": "武术",
    "skating": "轮滑",
    "gymnastics": "体操",
    "calligraphy": "书法",
    "painting": "美术",
    "dance": "舞蹈",
    "singing": "合唱声乐",
    "instruments": "器乐",
    "drama": "戏剧表演",
    "speaking": "朗诵主持",
    "handicraft": "手工陶艺",
    "heritage": "非遗传承",
    "chess": "棋类",
    "coding": "编程",
    "robotics": "机器人",
    "science": "科学实验",
    "models": "航模建模",
    "labour": "劳动实践",
}

# What in a title speaks for a sub-category; its own name always does.
_WORDS: dict[str, tuple[str, ...]] = {
    "athletics": ("跑步", "体能"),
    "rope_skipping": ("花样跳绳",),
    "martial_arts": ("跆拳道", "空手道", "散打", "太极", "拳击", "武道"),
    "skating": ("滑板", "滑冰"),
    "gymnastics": ("健美操", "啦啦操", "健身操"),
    "calligraphy": ("硬笔", "软笔", "毛笔", "练字", "书写"),
    "painting": ("绘画", "国画", "素描", "漫画", "版画", "水彩", "油画", "创意画", "简笔画", "水墨"),
    "dance": ("舞", "街舞", "拉丁"),
    "singing": ("合唱", "声乐", "唱歌", "童声"),
    "instruments": (
        "古筝", "钢琴", "小提琴", "大提琴", "吉他", "尤克里里", "竹笛", "葫芦丝", "二胡", "琵琶", "管乐", "鼓", "口风琴",
        "竖笛", "天琴", "萨克斯",
    ),
    "drama": ("戏剧", "话剧", "表演", "戏曲", "粤剧", "京剧", "课本剧", "影视", "曲艺", "相声"),
    "speaking": ("朗诵", "主持", "口才", "演讲", "播音"),
    "handicraft": ("手工", "陶艺", "剪纸", "扎染", "编织", "泥塑", "布艺", "折纸", "刺绣", "绳编", "陶泥"),
    "heritage": ("非遗", "非物质文化", "壮锦", "绣球"),
    "chess": ("围棋", "象棋", "棋"),
    "coding": ("程序设计", "scratch", "python", "人工智能"),
    "robotics": ("机器人", "智能车"),
    "science": ("科学", "科创", "实验", "天文", "科普"),
    "models": ("航模", "无人机", "建模", "模型", "3d打印", "海模", "车模"),
    "labour": ("劳动", "种植", "园艺", "烹饪", "烘焙", "茶艺", "收纳", "木工"),
}  # fmt: skip


def subjects_of(titles: Iterable[str]) -> list[str]:
    """The sub-categories of courses by their titles, in the order of ``SUBJECT_NAMES``."""
    text = " ".join(fold(title) for title in titles)
    return [
        code for code, name in SUBJECT_NAMES.items() if any(w in text for w in (name, *_WORDS.get(code, ())))
    ]


def lowest_price(prices: Iterable[int | None]) -> int | None:
    """The lowest price of a lesson in cents, None where no course states one."""
    stated = [price for price in prices if price is not None]
    return min(stated, default=None)
