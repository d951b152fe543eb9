"""The past of the store: told, compared, taken back, brought back; every version of it is Git's."""
