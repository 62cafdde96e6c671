"""What the checks know about Swift source text."""
import re

NOISE = re.compile(
    r'(?P<open>#*)""".*?"""(?P=open)|(?P<hash>#*)"(?:\\.|[^"\\\n])*?"(?P=hash)|//[^\n]*|/\*.*?\*/', re.DOTALL
)


def blank(source):
    """The source with comments and string literals blanked, line by line as it was."""
    return NOISE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), source)
