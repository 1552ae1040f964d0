"""Words on files that are taken along."""

from serving.wording_ko import AGAINST as AGAINST
from serving.wording_ko import UNKNOWN as UNKNOWN

PRINTED_BY = "출력자"
PRINTED_AT = "일시"
DOCUMENT_NO = "문서번호"
PURPOSE = "출력 목적"
MASKED = "이름과 연락처는 일부를 가렸습니다."
UNMASKED = "가리지 않은 개인정보가 들어 있습니다. 목적 밖으로 쓰지 마시고, 쓴 뒤에는 바로 파기해 주십시오."
NO_ROWS = "해당하는 내용이 없습니다."
CUT = "…(이하 줄임)"
NO_GLYPH = "※ 글꼴에 없는 글자는 〓로 나타냈습니다."
FACTS = "확인된 내용"
REASONS = "찾아뵙는 까닭"
BOXES = "방문 기록"
NO_REASONS = "따로 적힌 까닭이 없습니다."
BODY_FONT = "맑은 고딕"
TITLE_FONT = "함초롬바탕"
