#!/usr/bin/env bash
# One stage on several machines, started on each of the training machines with its own RANK (0, 1 …).
#   MASTER=10.0.0.1 RANK=0 ROLLOUT=10.0.0.3 JUDGE=10.0.0.4 examples/wethink/launch/train-multinode.sh grpo
set -euo pipefail
stage=$1
shift
here=examples/wethink
exec accelerate launch --config_file $here/configs/fsdp-multinode.yaml \
  --machine_rank "$RANK" --main_process_ip "$MASTER" --main_process_port 29500 \
  -m "${here//\//.}.$stage" --config $here/configs/7b-multinode.yaml --resume \
  --set "grpo.vllm_server_base_url=http://$ROLLOUT:8000" --set "reward.judge=http://$JUDGE:8001/v1" "$@"
