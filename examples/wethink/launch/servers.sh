#!/usr/bin/env bash
# The two vLLM servers of a run: rollouts on port 8000, whose weights the trainer keeps up to date, and the judge on 8001.
#   examples/wethink/launch/servers.sh rollout 4,5 [MODEL]
#   examples/wethink/launch/servers.sh judge 6,7 [MODEL]
set -euo pipefail
role=$1 gpus=$2
width=$(tr ',' '\n' <<<"$gpus" | wc -l)
case $role in
  rollout)
    # TRL reaches into the server's development endpoints to send new weights. Pictures are scaled as in the trainer.
    CUDA_VISIBLE_DEVICES=$gpus VLLM_SERVER_DEV_MODE=1 exec vllm serve "${3:-Qwen/Qwen2.5-VL-7B-Instruct}" \
      --port 8000 --tensor-parallel-size "$width" --dtype bfloat16 --max-model-len 4096 \
      --gpu-memory-utilization 0.9 --limit-mm-per-prompt '{"image": 1}' --mm-processor-kwargs '{"max_pixels": 1003520}' \
      --weight-transfer-config '{"backend": "nccl"}' --logprobs-mode processed_logprobs --max-logprobs -1
    ;;
  judge)
    CUDA_VISIBLE_DEVICES=$gpus exec vllm serve "${3:-Qwen/Qwen2.5-32B-Instruct}" \
      --port 8001 --tensor-parallel-size "$width" --dtype bfloat16 --max-model-len 8192 \
      --gpu-memory-utilization 0.92 --enable-prefix-caching
    ;;
  *)
    echo "first argument: rollout or judge" >&2
    exit 2
    ;;
esac
