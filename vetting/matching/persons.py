"""How much a person's name says: whether it is rare enough that the same name in the same district means something.

A name is *common* when its surname is one of the hundred most frequent and every character of the given name is
frequent in given names; every other name is rare. So 张伟 and 刘洋 are common, 欧阳砚笛, 梁清樾 and
阿依古丽·买买提 are rare. The tables follow the yearly name reports of the Ministry of Public Security.
"""

from __future__ import annotations

from functools import lru_cache

SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖"
    "石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷段龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
)
GIVEN = frozenset(
    "英华玉秀明珍芳文兰国丽平桂红建海志伟云林强军杰勇涛超磊辉鹏飞波斌宇浩凯健俊鑫洋洁敏静娟艳霞娜燕玲萍梅琴慧莉婷丹倩雪"
    "琳颖佳欣怡梦思雨子涵轩浩然泽宸梓一诺晨阳龙刚峰亮新东成德胜良荣光义忠福生祥贵发根保学金春凤香花莲菊素淑美爱月仙银连"
    "小晓永庆家长立清友世宝安民全兴振利成旭博嘉天宏瑞源楠睿航豪毅诗琪佩雯瑶璐薇媛悦蕾冰可心馨艺若依"
)


@lru_cache(maxsize=65536)
def is_rare(name: str) -> bool:
    """Whether a ``person_key`` is rare by the rule of this module. A name of one character says nothing."""
    if len(name) < 2:
        return False
    given = name[1:]
    return len(name) > 3 or name[0] not in SURNAMES or any(char not in GIVEN for char in given)
