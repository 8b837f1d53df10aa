"""The shelf of articles in memory: what a flow reads and searches."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from app.flows.context import ArticleText
from app.flows.files import Files
from app.policies.articles import Article, load_articles, read_articles
from app.policies.search import SpokenSearch

# A title and the words that callers use tell more than a clause that mentions many things.
TITLE_WEIGHT, WORDS_WEIGHT = 3, 4


class PolicyShelf:
    """All articles by key; implements `app.flows.context.Articles`."""

    def __init__(self, articles: Mapping[str, Article], default_language: str = "zh-CN") -> None:
        self._articles = dict(articles)
        self._default = default_language
        languages = {tag for article in self._articles.values() for tag in article.title}
        self._search = {tag: SpokenSearch(self._texts(tag)) for tag in sorted(languages)}

    def keys(self) -> Sequence[str]:
        """All article keys."""
        return list(self._articles)

    def has(self, key: str) -> bool:
        """Whether there is such an article."""
        return key in self._articles

    def article(self, key: str) -> Article:
        """An article. Raises KeyError for an unknown key."""
        return self._articles[key]

    def read(self, key: str, language: str) -> ArticleText:
        """The article's text; without a translation in the default language, or any other."""
        article = self._articles[key]
        wished = (language, self._default, *article.title)
        tag = next(tag for tag in wished if tag in article.title)
        return ArticleText(
            key,
            article.title[tag],
            article.short[tag],
            article.full[tag],
            article.source[tag],
            tag,
        )

    def search(self, words: str, language: str, limit: int = 3) -> Sequence[str]:
        """Keys of the articles that best answer the words, best first; empty when none is near."""
        search = self._search.get(language) or self._search.get(self._default)
        return search.find(words, limit) if search else []

    def _texts(self, tag: str) -> dict[str, list[str]]:
        return {
            key: [
                *[article.title[tag]] * TITLE_WEIGHT,
                *article.words.get(tag, ()) * WORDS_WEIGHT,
                article.short[tag],
            ]
            for key, article in self._articles.items()
            if tag in article.title
        }


def load_shelf(folder: Path) -> PolicyShelf:
    """The shelf of a folder. Raises FlowError with the place of every mistake."""
    return PolicyShelf(load_articles(folder))


def shelf_of(files: Files, place: str = "") -> PolicyShelf:
    """The shelf of a set of files. Raises FlowError with the place of every mistake."""
    return PolicyShelf(read_articles(files, place))
