"""Rewards over HTTP: a service that says no before it is overrun, and a client that is called like a local reward function.

`app` has the endpoints, `gate` what is refused before they are reached, `engine` the bounded queue before the verifiers,
`connections` what uvicorn leaves open, `run` the process; `client` is all that a trainer needs.
"""
