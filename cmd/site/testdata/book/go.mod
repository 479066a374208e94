module github.com/llm-from-scratch/llm

go 1.26.0
