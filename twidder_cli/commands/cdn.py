"""`twidder doctor --cdn`: keeps what pages want from the internet, which no check reaches."""

from collections.abc import Iterable, Iterator

import click

from twidder_cli import processes
from twidder_cli.errors import OperatorError
from twidder_cli.libraries import Libraries, Library
from twidder_cli.model.words import printable
from twidder_cli.submissions.find import find
from twidder_cli.submissions.foreign import wanted_by
from twidder_cli.submissions.limits import Refused
from twidder_cli.wire.download import download
from twidder_cli.wire.http import Lost

_MOST = 500


def fetched(targets: Iterable[str]) -> bool:
    """Get what is not kept yet, a line each; return whether all of it is there now."""
    libraries = Libraries()
    wanted = list(dict.fromkeys(url for target in targets for url in _wanted(target)))
    if not wanted:
        click.echo("No page wants a script or a style from the internet.")
    if len(wanted) > _MOST:
        raise OperatorError(f"the pages want {len(wanted)} files, more than {_MOST}: name fewer")
    kept = [_is_kept(url, libraries) for url in wanted]
    return all(kept)


def _wanted(target: str) -> Iterator[str]:
    if target.startswith("https://"):
        yield target
        return
    if "://" in target:
        raise OperatorError(f"{target}: expected a folder, an archive or an https:// URL")
    with processes.scratch() as unpacked:
        for found in find([target], unpacked=unpacked):
            try:
                yield from wanted_by(found.submission)
            except Refused as refused:
                click.echo(f"{printable(found.submission.name)}: {refused}", err=True)


def _is_kept(url: str, libraries: Libraries) -> bool:
    shown = printable(url, 300)
    if url in libraries:
        click.echo(f"is there: {shown}")
        return True
    try:
        got = download(url)
        libraries.keep(
            Library(url=url, status=got.status, media_type=got.media_type, body=got.body)
        )
    except Lost as lost:
        click.echo(f"can't be had: {shown}: {lost}", err=True)
        return False
    except OSError as error:
        raise OperatorError(f"the cache can't be written: {error}") from None
    what = f"{len(got.body) / 1024:.0f} KiB" if got.status < 400 else "there is no such file"
    click.echo(f"kept: {shown} ({what})")
    return True
