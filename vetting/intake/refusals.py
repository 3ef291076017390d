"""Why a file is not taken, and what the person who sent it can do."""

from __future__ import annotations

from vetting.intake.limits import Limits
from vetting.model import Refused

_MESSAGES = {
    "empty": "文件是空的（0字节）。请重新扫描或导出后再上传。",
    "too_large": "文件大小超过{megabytes}MB。请以200dpi重新扫描，或分成几个文件上传。",
    "not_a_pdf": "文件内容不是PDF，与扩展名不符。请在扫描仪或办公软件中另存为PDF后上传，不要只改扩展名。",
    "unsupported_type": "不支持这种文件。请上传PDF，或扩展名与内容一致的JPG、PNG图片。",
    "polyglot": "文件里夹带了另一种格式的内容（例如压缩包）。请重新扫描或导出为单纯的PDF后上传。",
    "encrypted": "文件设有打开密码，系统无法读取。请去除密码后重新上传。",
    "truncated": "文件不完整，末尾缺失，可能上传或拷贝时中断。请重新导出或扫描后上传。",
    "damaged": "文件已损坏，无法修复。请重新导出或扫描后上传。",
    "no_pages": "文件中没有任何页面。请重新导出或扫描后上传。",
    "too_many_pages": "文件页数超过{pages}页。请只保留申报材料，或分成几个文件上传。",
    "page_too_large": "文件中有尺寸异常的页面。请按A4或A3幅面重新导出或扫描后上传。",
    "image_too_large": "文件中有尺寸异常的图片。请以200dpi重新扫描后上传。",
    "bomb": "文件解压后的体积异常。请重新扫描，或用打印功能生成PDF后上传。",
    "recursive": "文件的内容循环引用自身，无法显示。请重新扫描，或用打印功能生成PDF后上传。",
    "too_complex": "处理文件所需的时间或内存超出限度。请重新扫描，或用打印功能生成PDF后上传。",
}

CODES = frozenset(_MESSAGES)


def refusal(code: str, file: str, limits: Limits) -> Refused:
    """Give the refusal for a code of :data:`CODES`; its message is Chinese and says what to do."""
    message = _MESSAGES[code].format(
        megabytes=limits.max_bytes // (1024 * 1024),
        pages=limits.max_pages,
    )
    return Refused(code, message, file)
