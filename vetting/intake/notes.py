"""What intake may note of a file that it takes, how it weighs, and how it is said (zh-CN and English)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from vetting.model import Severity


@dataclass(frozen=True, slots=True)
class NoteKind:
    """Weight and wording of one note code. WARN means that a person must look at the file."""

    severity: Severity
    chinese: str
    english: str


NOTE_KINDS: Mapping[str, NoteKind] = MappingProxyType(
    {
        "repaired": NoteKind(
            Severity.WARN,
            "文件结构有损坏，已修复后处理，请核对页面是否齐全。",
            "The file was damaged and has been repaired; check that no page is missing.",
        ),
        "javascript": NoteKind(
            Severity.WARN,
            "文件含有脚本，已在展示副本中清除，请人工查看。",
            "The file holds scripts; they are removed from the copy shown. Look at it yourself.",
        ),
        "launch_action": NoteKind(
            Severity.WARN,
            "文件含有启动程序、提交数据等动作，已在展示副本中清除，请人工查看。",
            "The file holds actions that start programs or send data; they are removed from the copy shown.",
        ),
        "attachment": NoteKind(
            Severity.WARN,
            "文件内嵌附件，附件不予采信并已在展示副本中清除，请人工查看。",
            "The file carries embedded files; they count for nothing and are removed from the copy shown.",
        ),
        "xfa": NoteKind(
            Severity.WARN,
            "文件是XFA动态表单，显示的内容可能不完整，请要求以打印方式重新生成PDF。",
            "The file is a dynamic XFA form; what is shown may be incomplete. Ask for a printed PDF.",
        ),
        "multimedia": NoteKind(
            Severity.WARN,
            "文件含有音视频或三维内容，已在展示副本中清除，请人工查看。",
            "The file holds sound, film or 3D content; it is removed from the copy shown.",
        ),
        "layers": NoteKind(
            Severity.INFO,
            "文件含有可隐藏的图层，显示与打印的内容可能不同。",
            "The file has layers that can be hidden; screen and print may differ.",
        ),
        "trailing_data": NoteKind(
            Severity.WARN,
            "文件末尾附有不属于PDF的数据，请人工查看。",
            "Data that is no part of the PDF follows its end. Look at the file yourself.",
        ),
        "incremental_update": NoteKind(
            Severity.INFO,
            "文件生成后又被修改保存过。",
            "The file was changed and saved again after it was made.",
        ),
        "digital_signature": NoteKind(
            Severity.INFO,
            "文件带有电子签名，系统未验证其效力。",
            "The file carries a digital signature, which was not verified.",
        ),
        "decrypted": NoteKind(
            Severity.INFO,
            "文件设有权限限制（无需密码即可打开），已正常处理。",
            "The file has usage restrictions but opens without a password; it was processed.",
        ),
        "pages_not_read": NoteKind(
            Severity.WARN,
            "文件处理过慢，部分页面未能读取，请人工查看。",
            "The file was too slow to process; some pages were not read. Look at it yourself.",
        ),
        "text_layer_rejected": NoteKind(
            Severity.WARN,
            "文件的文字层与页面图像不一致，已改用图像识别的结果。",
            "The text layer contradicts the page image; the image was read instead.",
        ),
    }
)
