"""The pages of a site, from templates: board, lists, each task, graph, timeline, statistics; writes nothing."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, time, timezone
from typing import Any

from markupsafe import Markup

from tmfiles import dates
from tmfiles.actions.graphs import Drawing
from tmfiles.config import Environment
from tmfiles.render.charts import charts, tiles
from tmfiles.render.drawing import Around, Picture, Pictures, picture
from tmfiles.render.table import is_overdue
from tmfiles.render.text import inline
from tmfiles.render.timeline import day_of, notes, plan
from tmfiles.web.markdown import rendered
from tmfiles.web.pages.page import STATIC, TEMPLATES
from tmfiles.web.site.contents import Contents, Sheet, read
from tmfiles.workspace import Workspace

# A row of a list is short, yet a page of thousands is slow to open.
_ROWS = 1000
# So many pages of opened folds a graph gets; what lies deeper is in the lists.
_FOLDS = 100
_STYLES = ("tm.css", "task.css", "charts.css", "site.css")


class Links:
    """Addresses relative to a page: `root` leads to the site's own folder, `folds` to pages of opened folds."""

    def __init__(self, tasks: Any, root: str = "", folds: dict[str, str] | None = None) -> None:
        self._tasks = tasks
        self.root = root
        self._folds = folds or {}

    def task(self, task_id: str) -> str:
        """Give the address of a task's page; nothing where there is no such task."""
        return f"{self.root}tasks/{task_id}.html" if task_id in self._tasks else ""

    def fold(self, name: str) -> str:
        """Give the address of a graph with a fold opened; nothing where that has no page."""
        return self._folds.get(name, "")


def files(folder: str, environment: Environment) -> dict[str, bytes]:
    """Give every file of a store's site by its name; the same store gives the same bytes on the same day."""
    with Workspace.find(folder, environment) as workspace:
        day = datetime.combine(workspace.now().date(), time.max, timezone.utc)
    with Workspace.find(folder, environment._replace(now=dates.stamp(day))) as workspace:
        site = Site(read(workspace), os.path.basename(os.path.abspath(workspace.root)))
    found = {name: text.encode() for name, text in site.pages()}
    found |= {f"static/{name}": (STATIC / name).read_bytes() for name in (*_STYLES, "tm.svg")}
    # A hosting site that makes pages of its own takes these as they are.
    return {**found, ".nojekyll": b""}


class Site:
    """The pages of some contents."""

    def __init__(self, contents: Contents, name: str) -> None:
        self._all = contents
        self._name = name
        self._links = Links(contents.sheets)

    def pages(self) -> Iterator[tuple[str, str]]:
        """Give (name, text) of every page."""
        found = self._all
        late = {row.id for row in found.open if is_overdue(row, found.now)}
        yield self._page("index.html", "board.html", board=found.board, late=late, total=len(found.sheets))
        yield from self._lists("list", "Open tasks", found.open, late)
        yield from self._lists("closed", "Closed tasks", found.closed, set())
        yield from self._graphs("graph", found.graph)
        yield from self._graphs("graph-all", found.whole)
        yield self._page(
            "timeline.html",
            "timeline.html",
            found=found.timeline,
            plan=plan(found.timeline),
            day_of=day_of,
            notes=notes,
            span=dates.span,
        )
        yield self._page(
            "statistics.html", "statistics.html", found=found.flow, charts=charts(found.flow), tiles=tiles(found.flow)
        )
        around = Around(found.whole)
        for task_id, sheet in found.sheets.items():
            yield self._task(task_id, sheet, around.of(task_id), task_id in late)

    def _page(self, name: str, template: str, links: Links | None = None, **values: Any) -> tuple[str, str]:
        root = "../" * name.count("/")
        frame = {"root": root, "store": self._name, "here": name, "links": links or Links(self._all.sheets, root)}
        text = TEMPLATES.get_template(f"site/{template}").render(
            **frame, problems=self._all.problems, day=self._all.now.date().isoformat(), **values
        )
        return name, text

    def _lists(self, stem: str, title: str, rows: Sequence[Any], late: set[str]) -> Iterator[tuple[str, str]]:
        parts = [rows[at : at + _ROWS] for at in range(0, len(rows), _ROWS)] or [[]]
        names = [f"{stem}.html", *(f"{stem}-{at}.html" for at in range(2, len(parts) + 1))]
        for name, part in zip(names, parts, strict=True):
            yield self._page(name, "list.html", title=title, rows=part, total=len(rows), names=names, late=late)

    def _graphs(self, stem: str, drawing: Drawing) -> Iterator[tuple[str, str]]:
        """Give the page of a graph, and one for each fold that can be opened, and for those in it."""
        names: dict[tuple[str, ...], str] = {(): f"{stem}.html"}
        pictures = Pictures(drawing)
        waiting: list[tuple[str, ...]] = [()]
        for path in waiting:  # grows while it is walked
            shown = pictures.of(path)
            folds = {}
            for node in shown.nodes:
                if node.fold and len(names) <= _FOLDS:
                    waiting.append((*path, node.fold))
                    folds[node.fold] = names[waiting[-1]] = f"{stem}-{len(names)}.html"
            yield self._page(
                names[path],
                "graph.html",
                Links(self._all.sheets, "", folds),
                found=drawing,
                picture=shown,
                back=names[path[:-1]] if path else "",
                closed=stem != "graph",
                span=dates.span,
            )

    def _task(self, task_id: str, sheet: Sheet, near: Drawing | None, late: bool) -> tuple[str, str]:
        drawn: Picture | None = picture(near) if near is not None else None
        return self._page(
            f"tasks/{task_id}.html",
            "task.html",
            one=sheet,
            doc=sheet.task.doc,
            picture=drawn,
            late=late,
            prose=self._prose,
            said=inline,
        )

    def _prose(self, text: str) -> Markup:
        """Give the text of a task's page as HTML; ids in it lead to their pages, which lie beside it."""
        return rendered(text, self._titles, "{}.html")

    def _titles(self, ids: Collection[str]) -> dict[str, str]:
        return {one: self._all.sheets[one].task.title for one in ids if one in self._all.sheets}
