"""What the examples of recipes share: a model of a few thousand parameters that was shown completions, and one step of TRL."""

import itertools
import tempfile
import warnings
from contextlib import contextmanager

import torch
from datasets import Dataset, disable_progress_bars
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import AutoTokenizer, PreTrainedTokenizerFast, PrinterCallback, Qwen2Config, Qwen2ForCausalLM
from trl import DPOConfig, DPOTrainer, GRPOConfig, GRPOTrainer, SFTConfig, SFTTrainer

from rewardkit.adapters.trl import GroupAdvantageMixin
from rewardkit.adapters.trl_schedules import scheduled

SPECIAL = ["<pad>", "<eos>", "<unk>"]
PLAIN = {"max_steps": 1, "logging_steps": 1, "save_strategy": "no", "report_to": "none", "use_cpu": True, "bf16": False}
warnings.simplefilter("ignore")
disable_progress_bars()


class Trainer(GroupAdvantageMixin, GRPOTrainer):
    """TRL's trainer, with exact advantages and group hooks."""


@contextmanager
def warm(prompts, shown):
    """A folder with a model that has seen each prompt before each shown completion, and its tokenizer of the words there are."""
    with tempfile.TemporaryDirectory() as folder:
        words = sorted({word for text in [*prompts, *shown] for word in text.split()})
        tokenizer = Tokenizer(WordLevel({word: place for place, word in enumerate([*SPECIAL, *words])}, unk_token="<unk>"))
        tokenizer.pre_tokenizer = WhitespaceSplit()
        marks = {"pad_token": "<pad>", "eos_token": "<eos>", "unk_token": "<unk>"}
        PreTrainedTokenizerFast(tokenizer_object=tokenizer, **marks).save_pretrained(folder)
        tokenizer = AutoTokenizer.from_pretrained(folder)
        torch.manual_seed(0)
        shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
        ids = {"vocab_size": len(SPECIAL) + len(words), "bos_token_id": None, "pad_token_id": 0, "eos_token_id": 1}
        model = Qwen2ForCausalLM(Qwen2Config(num_key_value_heads=1, **shape, **ids))
        texts = [f"{prompt} {text} <eos>" for prompt in prompts for text in shown]
        batch = tokenizer(texts, return_tensors="pt", padding=True)
        labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.02)
        for _ in range(40):
            model(**batch, labels=labels).loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        model.save_pretrained(folder)
        yield folder, tokenizer


def grpo(reward, rows, shown, hooks=(), schedules=None, **config):
    """One step of GRPO; prints the completions of the first prompt with their rewards and advantages."""
    with warm([row["prompt"] for row in rows], shown) as (folder, tokenizer):
        settings = {
            "num_generations": 8,
            "max_completion_length": max(len(text.split()) for text in shown) + 1,
            **PLAIN,
            **config,
        }
        args = GRPOConfig(
            folder, per_device_train_batch_size=settings["num_generations"] * len(rows), disable_tqdm=True, **settings
        )
        kind = type("Hooked", (Trainer,), {"advantage_options": {"hooks": tuple(hooks)}})
        trainer = kind(folder, reward, args, Dataset.from_list(rows), processing_class=tokenizer)
        scheduled(trainer, **(schedules or {}))
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    logs = trainer._logs
    columns = logs["completion"], logs["rewards"][reward.__name__], logs["advantages"]
    for text, paid, advantage in itertools.islice(zip(*columns, strict=True), 8):
        print(f"{paid:6.2f} {advantage:6.2f}  {text}")
    return trainer


def dpo(pairs, **config):
    """One step of DPO on pairs of texts."""
    texts = [text for pair in pairs for text in (pair["chosen"], pair["rejected"])]
    with warm([pair["prompt"] for pair in pairs], texts) as (folder, tokenizer):
        rows = Dataset.from_list([{**pair, **{key: f" {pair[key]}" for key in ("chosen", "rejected")}} for pair in pairs])
        args = DPOConfig(folder, disable_tqdm=True, **PLAIN, **config)
        trainer = DPOTrainer(folder, args=args, train_dataset=rows, processing_class=tokenizer)
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    print(f"loss {trainer.state.log_history[0]['loss']:.3f} on {len(pairs)} pairs")


def sft(rows):
    """One step of fine-tuning on prompts and completions."""
    with warm([row["prompt"] for row in rows], [row["completion"] for row in rows]) as (folder, tokenizer):
        spaced = Dataset.from_list([{**row, "completion": f" {row['completion']}"} for row in rows])
        args = SFTConfig(folder, disable_tqdm=True, **PLAIN)
        trainer = SFTTrainer(folder, args=args, train_dataset=spaced, processing_class=tokenizer)
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    print(f"loss {trainer.state.log_history[0]['loss']:.3f} on {len(rows)} rows")
