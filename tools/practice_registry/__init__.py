"""A registry to practise on: pages laid out as jRCT's are, about trials that do not exist.

Numbers have the region 99, which no real number has; hospitals, companies and people are visibly fictional, and every page
says so. `make run` starts it; a test runs it within itself and makes it slow, broken, limited, blocked or laid out anew:

    with PracticeRegistry() as registry:
        registry.next_moods(Mood(status=503, retry_after="1"))     # the next answer only
        registry.mood = Mood(blocks_after=3)                       # from now on
        ...                                                        # point JRCT_URL at registry.url
        assert [asked.path for asked in registry.asked] == ["/latest-detail/jRCTs999190001"]
"""

from tools.practice_registry.server import Asked, Mood, PracticeRegistry

__all__ = ["Asked", "Mood", "PracticeRegistry"]
