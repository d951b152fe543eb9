"""Git, by repository-relative POSIX paths, bytes and commit ids; knows nothing of tasks or YAML.

`repository` and `state` read git's own files and start no process. `settings`, `objects`, `worktree`,
`commit`, `hooked`, `history` and `maintenance` run git's plumbing, all of it through `process`. Nothing is
imported here, so that a command that only looks for its store pays for nothing else.
"""
