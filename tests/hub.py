"""A small Hub: speaks to the real clients of huggingface_hub and datasets over HTTP, and fails when told to.

Datasets, and models to read. Commits are immutable trees of bytes; a branch or tag is a name for one. Nothing here knows of qagen.
"""

import base64
import hashlib
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import yaml

LICENSES = frozenset({"cc-by-4.0", "cc-by-nc-4.0", "cc0-1.0", "mit", "apache-2.0", "other", "unknown"})
"""Some of those that the Hub documents."""
_SIZES = ("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B", "1B<n<10B", "10B<n<100B",
          "100B<n<1T", "n>1T", "other")  # fmt: skip
_CREATORS = ("found", "crowdsourced", "expert-generated", "machine-generated", "other")
_ALLOWED = {
    "license": LICENSES,
    "size_categories": _SIZES,
    "annotations_creators": (*_CREATORS, "no-annotation"),
    "language_creators": _CREATORS,
    "source_datasets": ("original", "extended"),
    "task_categories": ("question-answering", "text-generation", "multiple-choice"),
}
"""What the Hub documents for a dataset card's header, of tasks those that are of questions."""
_TAG = re.compile(r"[^\s:,]{1,128}")
_KNOWN = {*_ALLOWED, "language", "pretty_name", "tags", "configs", "dataset_info"}


def card_errors(card: str) -> list[str]:
    """What the Hub's documentation of a dataset card's header has against one."""
    header = yaml.safe_load(card.removeprefix("---\n").partition("\n---\n")[0])
    found = [f'"{name}" is not known' for name in header if name not in _KNOWN]
    for name, allowed in _ALLOWED.items():
        value = header.get(name, [])
        if not set(value if isinstance(value, list) else [value]) <= set(allowed):
            found.append(f'"{name}" must be one of [{", ".join(sorted(allowed))}]')
    if not all(re.fullmatch(r"[a-z]{2,3}", code) for code in header.get("language", [])):
        found.append('"language" must be ISO 639 codes')
    if not all(isinstance(tag, str) and _TAG.fullmatch(tag) for tag in header.get("tags", [])):
        found.append('"tags" must be words')
    return found


OWNER, READER, STRANGER = "hf_ownerownerowner", "hf_readerreaderreader", "hf_strangerstranger"
_USERS = {OWNER: ("org", "write"), READER: ("org", "read"), STRANGER: ("someone", "write")}
_LARGE = (".parquet", ".png", ".gguf", ".onnx")


@dataclass(frozen=True)
class Commit:
    tree: dict[str, bytes]
    parent: str | None
    title: str

    @property
    def oid(self) -> str:
        value = [self.parent, self.title, sorted((path, _sha256(data)) for path, data in self.tree.items())]
        return hashlib.sha1(json.dumps(value).encode()).hexdigest()


@dataclass
class Repo:
    private: bool
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    pulls: dict[str, str] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    """Pull requests that are not open any more."""

    def add(self, commit: Commit) -> str:
        self.commits[commit.oid] = commit
        return commit.oid

    def find(self, revision: str) -> str | None:
        for names in (self.branches, self.tags, self.pulls):
            if revision in names:
                return names[revision]
        return revision if revision in self.commits else None

    def history(self, branch: str = "main") -> list[Commit]:
        """Commits of a branch, newest first."""
        found, oid = [], self.branches[branch]
        while oid:
            found.append(self.commits[oid])
            oid = self.commits[oid].parent
        return found


@dataclass
class Delay:
    """A request that is `reached`, and stands until it is `released`."""

    reached: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Answer:
    """A body that is sent whatever was asked, with nothing done: another server's, or one that was damaged on the way."""

    status: int
    body: bytes


@dataclass
class Fault:
    """What goes wrong once, at the `nth` request of a step.

    `kind`: a status; `drop` (closed before anything happens); `lost` (done, and closed without a response); a `Delay`; an
    `Answer`; or a function that is called with the hub before the request is handled, for instance to let somebody else commit.
    """

    step: str
    kind: "int | str | Delay | Answer | Callable[[Hub], None]"
    nth: int = 1


class Hub:
    def __init__(self) -> None:
        self.repos: dict[str, Repo] = {}
        self.objects: dict[str, bytes] = {}
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str, str]] = []
        """Method, step and path of every request, in order."""
        self.uploaded = 0
        self.lock = threading.RLock()
        hub = self

        class Handler(_Handler):
            def setup(self) -> None:
                super().setup()
                self.hub = hub

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{port}"
        self.cdn = (
            f"http://localhost:{port}"  # large files come from another host, which the clients tell apart
        )

    def create(self, name: str, private: bool = False) -> Repo:
        repo = self.repos[name] = Repo(private)
        repo.branches["main"] = repo.add(
            Commit({".gitattributes": b"*.parquet filter=lfs\n"}, None, "initial commit")
        )
        return repo

    def commit(self, name: str, files: dict[str, bytes], title: str = "by hand", branch: str = "main") -> str:
        """A commit by somebody else."""
        repo = self.repos[name]
        head = repo.branches[branch]
        repo.branches[branch] = repo.add(Commit({**repo.commits[head].tree, **files}, head, title))
        return repo.branches[branch]

    def steps(self) -> list[str]:
        return [step for _, step, _ in self.requests]


@contextmanager
def running() -> Iterator[Hub]:
    hub = Hub()
    thread = threading.Thread(target=hub.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.server.shutdown()
        hub.server.server_close()
        thread.join()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _oid(path: str, data: bytes) -> str:
    """What git knows a file by: of a large one its sha256, else its blob's hash."""
    if path.endswith(_LARGE):
        return _sha256(data)
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class _Problem(Exception):
    def __init__(self, status: int, message: str, code: str | None = None, body: object = None) -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.body = status, message, code, body


class _Lost(Exception):
    pass


_REPO = r"(?P<repo>[\w.-]+/[\w.-]+)"
_ROUTES = [
    ("GET", "whoami", r"/api/whoami-v2"),
    ("POST", "create", r"/api/repos/create"),
    ("POST", "validate", r"/api/validate-yaml"),
    ("GET", "refs", rf"/api/datasets/{_REPO}/refs"),
    ("GET", "discussions", rf"/api/datasets/{_REPO}/discussions"),
    ("POST", "preupload", rf"/api/datasets/{_REPO}/preupload/(?P<revision>[^/]+)"),
    ("POST", "commit", rf"/api/datasets/{_REPO}/commit/(?P<revision>[^/]+)"),
    ("POST", "tag", rf"/api/datasets/{_REPO}/tag/(?P<revision>[^/]+)"),
    ("POST", "branch", rf"/api/datasets/{_REPO}/branch/(?P<revision>[^/]+)"),
    ("GET", "tree", rf"/api/datasets/{_REPO}/tree/(?P<revision>[^/]+)(?:/(?P<path>.+))?"),
    ("POST", "paths", rf"/api/datasets/{_REPO}/paths-info/(?P<revision>[^/]+)"),
    ("GET", "info", rf"/api/datasets/{_REPO}(?:/revision/(?P<revision>[^/]+))?"),
    ("GET", "info", rf"/api/models/{_REPO}(?:/revision/(?P<revision>[^/]+))?"),
    ("POST", "batch", rf"/datasets/{_REPO}\.git/info/lfs/objects/batch"),
    ("PUT", "upload", r"/upload/(?P<sha256>[0-9a-f]{64})"),
    ("POST", "verify", r"/verify/(?P<sha256>[0-9a-f]{64})"),
    ("GET", "file", r"/cdn/(?P<sha256>[0-9a-f]{64})"),
    ("GET", "resolve", rf"/datasets/{_REPO}/resolve/(?P<revision>[^/]+)/(?P<path>.+)"),
    ("GET", "resolve", rf"/{_REPO}/resolve/(?P<revision>[^/]+)/(?P<path>.+)"),
]
_COMPILED = [(method, step, re.compile(pattern)) for method, step, pattern in _ROUTES]


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        self._serve("GET")

    def do_HEAD(self) -> None:
        self._serve("GET", head=True)

    def do_POST(self) -> None:
        self._serve("POST")

    def do_PUT(self) -> None:
        self._serve("PUT")

    def _serve(self, method: str, *, head: bool = False) -> None:
        self._head = head
        if self.headers.get("Transfer-Encoding") == "chunked":
            self.body = b"".join(self._chunks())
        else:
            self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        for known, step, pattern in _COMPILED:
            if known == method and (found := pattern.fullmatch(parts.path)):
                named = {
                    name: unquote(value) for name, value in found.groupdict().items() if value is not None
                }
                self._handle(method, step, named)
                return
        self._send(404, {"error": f"no route for {method} {parts.path}"})

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _handle(self, method: str, step: str, named: dict[str, str]) -> None:
        with self.hub.lock:
            self.hub.requests.append((method, step, self.path))
            fault = self._fault(step)
        try:
            if fault is not None and isinstance(fault.kind, Answer):
                self._send(fault.kind.status, fault.kind.body)
                return
            if fault is not None:
                self._go_wrong(fault.kind)
            with self.hub.lock:
                answer = getattr(self, f"_{step}")(**named)
            if fault is not None and fault.kind == "lost":
                raise _Lost
            if answer is not None:
                self._send(200, answer)
        except _Lost:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        except _Problem as problem:
            more = {"X-Error-Message": problem.message}
            if problem.code:
                more["X-Error-Code"] = problem.code
            self._send(problem.status, problem.body or {"error": problem.message}, more)

    def _go_wrong(self, kind: "int | str | Delay | Callable[[Hub], None]") -> None:
        if isinstance(kind, Delay):
            kind.reached.set()
            kind.released.wait()
        elif not isinstance(kind, str | int):
            kind(self.hub)
        elif kind == "drop":
            raise _Lost
        elif isinstance(kind, int):
            raise _Problem(kind, f"told to answer {kind} to {self.headers.get('Authorization')}")

    def _fault(self, step: str) -> Fault | None:
        for fault in self.hub.faults:
            if fault.step == step:
                fault.nth -= 1
                if fault.nth == 0:
                    self.hub.faults.remove(fault)
                    return fault
        return None

    def _send(self, status: int, value: object, more: dict[str, str] | None = None) -> None:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, text in {"Content-Type": "application/json", **(more or {})}.items():
            self.send_header(name, text)
        if "Content-Length" not in (more or {}):
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if not self._head:
            self.wfile.write(data)

    def _user(self) -> tuple[str, str] | None:
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        if token and token not in _USERS:
            raise _Problem(401, "Invalid credentials in Authorization header")
        return _USERS.get(token)

    def _repo(self, name: str, *, write: bool = False) -> Repo:
        user = self._user()
        repo = self.hub.repos.get(name)
        mine = user is not None and user[0] == name.split("/")[0]
        if repo is None or (repo.private and not mine):
            raise _Problem(404 if user else 401, "Repository not found", "RepoNotFound")
        if write and user is None:
            raise _Problem(401, "Repository not found", "RepoNotFound")
        if write and not (mine and user is not None and user[1] == "write"):
            raise _Problem(403, f"You don't have the required permissions to write to {name}")
        return repo

    def _commit_of(self, repo: Repo, revision: str) -> tuple[str, Commit]:
        oid = repo.find(revision)
        if oid is None:
            raise _Problem(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        return oid, repo.commits[oid]

    def _whoami(self) -> object:
        user = self._user()
        if user is None:
            raise _Problem(401, "Invalid username or password.")
        name, role = user
        return {
            "type": "user",
            "name": name,
            "orgs": [],
            "auth": {"accessToken": {"displayName": "t", "role": role}},
        }

    def _create(self) -> object:
        value = json.loads(self.body)
        name = f"{value.get('organization') or (self._user() or ('?', ''))[0]}/{value['name']}"
        user = self._user()
        if user is None:
            raise _Problem(401, "Invalid username or password.")
        if user != (name.split("/")[0], "write"):
            raise _Problem(
                403,
                f"You don't have the rights to create a dataset under the namespace {name.split('/')[0]!r}",
            )
        if name in self.hub.repos:
            raise _Problem(
                409, "You already created this dataset repo", body={"error": "exists", "url": self.hub.url}
            )
        self.hub.create(name, value.get("visibility") == "private")
        return {"url": f"{self.hub.url}/datasets/{name}", "name": name}

    def _validate(self) -> object:
        if errors := card_errors(json.loads(self.body)["content"]):
            listed = [{"message": message} for message in errors]
            raise _Problem(400, "invalid", body={"errors": listed, "warnings": []})
        return {"errors": [], "warnings": []}

    def _refs(self, repo: str) -> object:
        found = self._repo(repo)

        def listed(kind: str, names: dict[str, str]) -> list[dict[str, str]]:
            return [{"name": n, "ref": f"refs/{kind}/{n}", "targetCommit": oid} for n, oid in names.items()]

        return {
            "branches": listed("heads", found.branches),
            "tags": listed("tags", found.tags),
            "converts": [],
        }

    def _discussions(self, repo: str) -> object:
        found = self._repo(repo)
        listed = [
            {
                "num": int(reference.rpartition("/")[2]),
                "title": found.commits[oid].title,
                "author": {"name": "org"},
                "createdAt": "2026-01-02T03:04:05.000Z",
                "status": "open",
                "isPullRequest": True,
                "repo": {"name": repo, "type": "dataset"},
            }
            for reference, oid in found.pulls.items()
            if reference not in found.closed
        ]
        page = listed[int(self.query["p"]) * 2 :][:2]
        return {"discussions": page, "count": len(listed), "start": int(self.query["p"]) * 2}

    def _info(self, repo: str, revision: str = "main") -> object:
        found = self._repo(repo)
        oid, commit = self._commit_of(found, revision)
        blobs = self.query.get("blobs")
        files = [
            self._sibling(path, data) if blobs else {"rfilename": path} for path, data in commit.tree.items()
        ]
        card = re.search(rb"^license: *(\S+)$", commit.tree.get("README.md", b""), re.MULTILINE)
        return {
            "cardData": {"license": card[1].decode()} if card else {},
            "id": repo,
            "sha": oid,
            "private": found.private,
            "tags": [],
            "downloads": 0,
            "siblings": files,
        }

    def _preupload(self, repo: str, revision: str) -> object:
        found = self._repo(repo, write=True)
        _, commit = self._commit_of(found, revision)
        files = []
        for entry in json.loads(self.body)["files"]:
            path = entry["path"]
            old = commit.tree.get(path)
            mode = "lfs" if path.endswith(_LARGE) else "regular"
            oid = None if old is None else _oid(path, old)
            files.append({"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": oid})
        return {"files": files}

    def _batch(self, repo: str) -> object:
        self._repo(repo, write=True)
        objects = []
        for entry in json.loads(self.body)["objects"]:
            answer = {"oid": entry["oid"], "size": entry["size"]}
            if entry["oid"] not in self.hub.objects:
                answer["actions"] = {
                    "upload": {"href": f"{self.hub.url}/upload/{entry['oid']}"},
                    "verify": {"href": f"{self.hub.url}/verify/{entry['oid']}"},
                }
            objects.append(answer)
        return {"transfer": "basic", "objects": objects}

    def _upload(self, sha256: str) -> object:
        if _sha256(self.body) != sha256:
            raise _Problem(400, "the sha256 is another")
        self.hub.objects[sha256] = self.body
        self.hub.uploaded += len(self.body)
        return {}

    def _verify(self, sha256: str) -> object:
        if sha256 not in self.hub.objects:
            raise _Problem(404, "no such object")
        return {}

    def _commit(self, repo: str, revision: str) -> object:
        found = self._repo(repo, write=True)
        head, old = self._commit_of(found, revision)
        lines = [json.loads(line) for line in self.body.splitlines() if line]
        header = lines[0]["value"]
        if header.get("parentCommit") not in (None, head):
            raise _Problem(412, "A commit has happened since. Please refresh and try again.")
        tree = dict(old.tree)
        for line in lines[1:]:
            value = line["value"]
            if line["key"] == "file":
                tree[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                if value["oid"] not in self.hub.objects:
                    raise _Problem(400, f"LFS object {value['oid']} was not uploaded")
                tree[value["path"]] = self.hub.objects[value["oid"]]
            elif line["key"] == "deletedFile" and tree.pop(value["path"], None) is None:
                raise _Problem(404, "A file with this name doesn't exist", "EntryNotFound")
        oid = found.add(Commit(tree, head, header["summary"]))
        answer = {"commitUrl": f"{self.hub.url}/datasets/{repo}/commit/{oid}", "commitOid": oid}
        if self.query.get("create_pr"):
            number = len(found.pulls) + 1
            found.pulls[f"refs/pr/{number}"] = oid
            return {**answer, "pullRequestUrl": f"{self.hub.url}/datasets/{repo}/discussions/{number}"}
        found.branches[revision] = oid
        return answer

    def _tag(self, repo: str, revision: str) -> object:
        found = self._repo(repo, write=True)
        oid, _ = self._commit_of(found, revision)
        value = json.loads(self.body)
        if value["tag"] in found.tags:
            raise _Problem(409, f"Tag {value['tag']} already exists")
        found.tags[value["tag"]] = oid
        found.messages[value["tag"]] = value.get("message", "")
        return {}

    def _branch(self, repo: str, revision: str) -> object:
        found = self._repo(repo, write=True)
        if revision in found.branches:
            raise _Problem(409, "Reference already exists")
        start = json.loads(self.body or b"{}").get("startingPoint", "main")
        found.branches[revision] = self._commit_of(found, start)[0]
        return {}

    def _entry(self, path: str, data: bytes) -> dict[str, object]:
        entry: dict[str, object] = {"type": "file", "path": path, "size": len(data), "oid": _oid(path, data)}
        if path.endswith(_LARGE):
            entry["lfs"] = {"oid": _sha256(data), "size": len(data), "pointerSize": 130}
        return entry

    def _sibling(self, path: str, data: bytes) -> dict[str, object]:
        entry = self._entry(path, data)
        told = {"rfilename": path, "size": entry["size"], "blobId": entry["oid"]}
        return {**told, "lfs": {**entry["lfs"], "sha256": _sha256(data)}} if "lfs" in entry else told

    def _listed(self, tree: dict[str, bytes], folder: str, recursive: bool) -> Iterator[dict[str, object]]:
        folders = set()
        start = f"{folder}/" if folder else ""
        for path in sorted(tree):
            if not path.startswith(start):
                continue
            below = path.removeprefix(start).split("/")
            for depth in range(1, len(below) if recursive else min(2, len(below))):
                folders.add(start + "/".join(below[:depth]))
            if recursive or len(below) == 1:
                yield self._entry(path, tree[path])
        for name in sorted(folders):
            yield {
                "type": "directory",
                "path": name,
                "oid": hashlib.sha1(name.encode()).hexdigest(),
                "size": 0,
            }

    def _tree(self, repo: str, revision: str, path: str = "") -> object:
        _, commit = self._commit_of(self._repo(repo), revision)
        found = list(
            self._listed(commit.tree, path, self.query.get("recursive", "").lower() in ("true", "1"))
        )
        if path and not found:
            raise _Problem(404, f"{path} does not exist", "EntryNotFound")
        return found

    def _paths(self, repo: str, revision: str) -> object:
        _, commit = self._commit_of(self._repo(repo), revision)
        if self.headers.get("Content-Type", "").startswith("application/json"):
            wanted = json.loads(self.body)["paths"]
        else:
            wanted = parse_qs(self.body.decode()).get("paths", [])
        found = []
        for path in wanted:
            if path in commit.tree:
                found.append(self._entry(path, commit.tree[path]))
            elif any(name.startswith(f"{path}/") for name in commit.tree):
                found.append({"type": "directory", "path": path, "oid": "0" * 40, "size": 0})
        return found

    def _resolve(self, repo: str, revision: str, path: str) -> None:
        oid, commit = self._commit_of(self._repo(repo), revision)
        if path not in commit.tree:
            raise _Problem(404, f"{path} is not there", "EntryNotFound")
        data = commit.tree[path]
        known = {"X-Repo-Commit": oid, "ETag": f'"{_oid(path, data)}"'}
        if path.endswith(_LARGE):
            sha256 = _sha256(data)
            self.hub.objects.setdefault(sha256, data)
            linked = {"X-Linked-Etag": f'"{sha256}"', "X-Linked-Size": str(len(data))}
            self._send(302, b"", {**known, **linked, "Location": f"{self.hub.cdn}/cdn/{sha256}"})
        else:
            self._ranged(data, known)

    def _file(self, sha256: str) -> None:
        if sha256 not in self.hub.objects:
            raise _Problem(404, "no such object")
        self._ranged(self.hub.objects[sha256], {"ETag": f'"{sha256}"'})

    def _ranged(self, data: bytes, headers: dict[str, str]) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        more = {**headers, "Accept-Ranges": "bytes", "Content-Type": "application/octet-stream"}
        if asked is None:
            self._send(200, data, {**more, "Content-Length": str(len(data))})
            return
        first, last = int(asked[1]), min(int(asked[2] or len(data) - 1), len(data) - 1)
        part = data[first : last + 1]
        more |= {"Content-Range": f"bytes {first}-{last}/{len(data)}", "Content-Length": str(len(part))}
        self._send(206, part, more)
