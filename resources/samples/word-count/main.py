"""Counts the words of a text, page by page.

Shows what a computational agent needs: it reads its input, tells its progress as JSON lines, and leaves its
result in the folder of the run. Nothing but the standard library is used.
"""

import json
import os
import re
import sys
import time
from collections import Counter
from datetime import datetime, timezone
from itertools import cycle, islice
from pathlib import Path

SECONDS_PER_PAGE = {"instant": 0.0, "brisk": 0.1, "calm": 1.0}


def log(level, message, **fields):
    """Writes one log line. Pilothouse shows timestamp, level and message, and keeps the other fields."""
    line = {
        "timestamp": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
        "level": level,
        "message": message,
        **fields,
    }
    # flush: a pipe is buffered, and a line that waits in the buffer is a line nobody sees.
    print(json.dumps(line, ensure_ascii=False), flush=True)


def read_text(given):
    """The text of the input, or the story beside this file."""
    if given.strip():
        return given
    story = Path(__file__).parent / "texts" / "the-lamp-at-the-point.txt"
    return story.read_text(encoding="utf-8")


def words_of(text):
    return re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", text.lower())


def main():
    # Defaults of the manifest are filled in by Pilothouse; the ones here let the file run by hand, too.
    options = json.loads(os.environ.get("PILOTHOUSE_INPUT", "{}"))
    pages = options.get("pages", 30)
    words_per_page = options.get("wordsPerPage", 60)
    pause = SECONDS_PER_PAGE[options.get("pace", "brisk")]
    # Private to this run. What lies here can be looked at as long as the run is kept.
    folder = Path(os.environ.get("PILOTHOUSE_WORKDIR", "."))

    words = words_of(read_text(options.get("text", "")))
    if not words:
        log("error", "The text has no words")
        return 2

    log("info", "Counting begins", pages=pages, wordsPerPage=words_per_page)
    counts = Counter()
    endless = cycle(words)
    for page in range(1, pages + 1):
        counts.update(islice(endless, words_per_page))
        log("info", f"Page {page} of {pages}", page=page, progress=round(page / pages, 3), distinct=len(counts))
        time.sleep(pause)

    result = {
        "pages": pages,
        "words": counts.total() if hasattr(counts, "total") else sum(counts.values()),
        "distinct": len(counts),
        "top": [{"word": word, "count": count} for word, count in counts.most_common(options.get("top", 10))],
    }
    file = folder / "result.json"
    file.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    most = result["top"][0]
    log("info", "Counting is done", file=str(file), words=result["words"], most=most["word"], times=most["count"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
