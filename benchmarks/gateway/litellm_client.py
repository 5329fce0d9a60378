"""LiteLLM's router: `var/litellm/bin/python benchmarks/gateway/litellm_client.py URL SECONDS THREADS…`.

Runs in LiteLLM's own environment and imports nothing of the project; its output is that of `client.py`.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path


def main() -> None:
    spec = importlib.util.spec_from_file_location("gateway_client", Path(__file__).with_name("client.py"))
    assert spec is not None
    assert spec.loader is not None
    client = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(client)

    import litellm  # type: ignore[import-not-found,unused-ignore]

    litellm.suppress_debug_info = True
    router = litellm.Router(
        model_list=[
            {
                "model_name": "small",
                "litellm_params": {
                    "model": "openai/gpt-6-luna",
                    "api_base": sys.argv[1],
                    "api_key": "sk-bench-00000000",
                    "rpm": 10_000_000,
                    "tpm": 10_000_000_000,
                },
            }
        ],
        num_retries=0,
        timeout=30,
    )
    messages = [{"role": "system", "content": client.SYSTEM}, {"role": "user", "content": client.PROMPT}]

    def ask() -> object:
        return router.completion(model="small", messages=messages, max_completion_tokens=600)

    for threads in map(int, sys.argv[3:]):
        print(json.dumps(client.measure(ask, threads, float(sys.argv[2]))), flush=True)


if __name__ == "__main__":
    main()
