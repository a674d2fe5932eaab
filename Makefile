# SPDX-License-Identifier: GPL-2.0-only
#
# Top-level Makefile: delegates to kbuild, userspace/Makefile, selftests/Makefile
# and the scripts in selftests/vm. "make help" lists the targets.

export PREFIX  ?= /usr/local
export DESTDIR ?=
UNAME_R := $(shell uname -r)
VM      := selftests/vm

# Kernels of make check. make demo runs on the first one. In KERNELS, the user can name
# other kernels of the list.
KERNELS ?= $(or $(KERNEL),$(shell ALL=$(ALL) $(VM)/chosen.sh))

# Kernels of make check-debug.
debug    = $(shell awk '/^[^\#]/ && $$3 ~ /^linux-source/ && $$4 !~ /request/ \
	  { print $$1 }' $(VM)/kernels)

# Kernels of make bench.
BENCH    = $(if $(filter file,$(origin KERNELS)),6.1 7.2,$(KERNELS))

# The kernel of make bench-latency.
rt       = $(or $(KERNEL),newest-rt)

# The kernel that the module is built for, and the name of its folder in build/.
ifdef KERNEL
kdir    = $(addsuffix /build,$(shell $(VM)/fetch.sh $(KERNEL)))
name   := $(KERNEL)
release = $(shell cat $(dir $(kdir))release)
else ifdef KDIR
kdir   := $(KDIR)
name    = $(or $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	  $(KDIR)/include/generated/utsrelease.h 2>&-),unknown)
else
kdir   := /lib/modules/$(UNAME_R)/build
name   := $(UNAME_R)
endif
release ?= $(name)

# "make all" and "make install" include the module, unless the headers of the running
# kernel are missing and no other kernel was named.
module  = $(if $(or $(KERNEL),$(KDIR),$(wildcard $(kdir)/Makefile)),modules)
without = $(if $(module),,@echo "mmapdemo: no kernel headers in $(kdir): \
	the module was left out; to add it, first run: apt-get install \
	linux-headers-$(UNAME_R)" >&2)

tests   = $(CURDIR)/build/selftests
# With KCOV=1, the module reports its coverage, and is built in a separate folder.
# With GCOV=1, the module counts how often each line is executed.
build   = $(CURDIR)/build/$(name)$(if $(KCOV),-kcov)
kcov    = $(if $(KCOV),KCFLAGS="-g -fsanitize-coverage=trace-pc" \
	  KBUILD_EXTRA_SYMBOLS="$(wildcard $(build)/stand-in/Module.symvers)")

# As many jobs as processors, unless the caller has chosen a number.
jobs    = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))
MAKEFLAGS += --no-print-directory

.PHONY: all modules userspace selftests install uninstall load unload
.PHONY: check-backports check-configs
.PHONY: compile_commands.json demo test lint check check-debug soak stress programs bench bench-program bench-growth bench-latency fuzz fuzz-ioctl coverage mutants readme excerpts deps clean help $(KERNELS:%=modules-%)
.DEFAULT_GOAL := all
.SECONDEXPANSION:

all: $$(module) userspace ## Build the module and the program
	$(without)

# kbuild writes next to the sources, so build in a folder of links to the sources.
modules: ## Build the module for the running kernel, or KERNEL=6.1, or KDIR=DIR
	@$(VM)/kbuild.sh "$(or $(KERNEL),$(kdir))" "$(build)" $(MAKE) $(jobs) $(kcov) \
		$(if $(GCOV),GCOV_PROFILE=y)

# Build the module for one of KERNELS, for targets that need several kernels.
$(KERNELS:%=modules-%): modules-%:
	@$(MAKE) modules KERNEL=$*

userspace: ## Build the program
	@$(MAKE) -C userspace

selftests: ## Build the tests, with the kselftest harness out of a package
	@$(MAKE) -C selftests OUTPUT=$(tests)

install: $$(module) userspace ## Install module, program and manual (DESTDIR, PREFIX)
	$(if $(module),$(MAKE) -C $(kdir) M=$(build) \
		INSTALL_MOD_PATH=$(DESTDIR) modules_install)
	$(if $(module),$(depmod))
	$(MAKE) -C userspace install
	$(without)

installed = $(wildcard $(patsubst %,$(DESTDIR)/lib/modules/$(release)/% \
	    ,extra/mmapdemo.ko* updates/mmapdemo.ko*))

uninstall: ## Remove what install installed
	$(if $(installed),rm -f $(installed))
	$(if $(installed),$(depmod))
	$(MAKE) -C userspace uninstall

# With DESTDIR, do not run depmod, because the installation of the package runs
# depmod.
depmod  = $(if $(DESTDIR),,depmod $(release))

load: modules ## Build the module, and load it
	insmod $(build)/mmapdemo.ko

unload: ## Unload the module
	rmmod mmapdemo

demo: deps ## Play the guided tour in a virtual machine (KERNEL=..., SCENE=...)
	@$(MAKE) $(jobs) modules-$(firstword $(KERNELS)) userspace
	@SCENE="$(SCENE)" $(VM)/demo.sh $(firstword $(KERNELS))

check: deps ## Run the tests in virtual machines (KERNELS=, TESTS=, ALL=1, CACHED=1)
	@$(MAKE) $(jobs) $(KERNELS:%=modules-%) userspace selftests
	@TESTS="$(TESTS)" $(VM)/check.sh $(KERNELS)

# check-debug runs on the listed kernels that are built from source, or on the kernel
# that KERNEL=debug-7.2 or SANITIZER=kcsan names.
check-debug: ## Run the tests on a kernel with sanitizers (TESTS=, PART=1/2)
	@$(MAKE) check KERNELS="$(or $(SANITIZER),$(KERNEL),$(debug))"

compile_commands.json: modules ## Write the compile commands, for clangd (KERNEL=6.1)
	@$(VM)/compile_commands.py $(build) $(kdir) >$@

# Build the module for kernels that Debian does not have: with fewer options, or with
# features of newer kernels. KERNELS names the kernels whose headers are changed.
check-backports: deps ## Build for kernels with features of newer kernels (KERNELS=)
	@KERNELS="$(or $(KERNEL),$(if $(filter file,$(origin KERNELS)),5.10 6.1 \
		6.12,$(KERNELS)))" $(VM)/part.sh sources backports
	@$(call result,backports)

check-configs: deps ## Build without each option; test without all (KERNEL=6.1)
	@KERNELS="$(firstword $(KERNELS))" $(VM)/part.sh sources configs
	@$(call result,configs)
	@$(MAKE) check KERNELS=small TESTS="$(or $(TESTS),$(quick))"

# Tests that need none of the options that the kernel "small" lacks.
quick    = count_test device_method_test device_test mm_events_test mmap_events_test \
	  walk_test

# $(call result,PART) prints the result of a part of the sources.
result   = awk '/^FAILED/; END { printf "%d passed, %d failed, %d skipped\n", $$1, \
	  $$2, $$3; exit !$$1 || $$2 }' build/sources/parts/$(1).result

test: deps ## Run the tests that need no kernel, in seconds
	@$(MAKE) $(jobs) userspace
	@$(VM)/part.sh --brief sources tests
	@$(call result,tests)

lint: deps ## Check the sources in seconds, and build nothing
	@$(VM)/lint.sh

soak: ## Run the tests that repeat their steps, for an hour (KERNELS=6.1)
	@$(MAKE) check SOAK=1 KERNELS="$(or $(KERNEL),$(firstword $(KERNELS)))" \
		TESTS="$(shell grep -l SOAK selftests/*_test.sh | \
			sed 's|.*/||; s/\..*//')"

stress: deps ## Run fio and stress-ng on the device (KERNEL=6.1)
	@$(MAKE) $(jobs) modules-$(firstword $(KERNELS)) userspace
	@$(VM)/stress.sh $(firstword $(KERNELS))

programs: deps ## Explain huge pages of OpenJDK, PostgreSQL, redis (KERNEL=6.1)
	@$(MAKE) $(jobs) modules-$(firstword $(KERNELS)) userspace selftests
	@$(VM)/programs.sh $(firstword $(KERNELS))

bench: deps ## Count the instructions of tracing, walks, the device (KERNELS="...")
	@$(MAKE) $(jobs) $(BENCH:%=modules-%) userspace
	@for kernel in $(BENCH); do \
		SOURCES=selftests/bench/textbook $(VM)/kbuild.sh $$kernel \
			$(CURDIR)/build/$$kernel/textbook $(MAKE) || exit; \
	done
	@mkdir -p $(tests)/bench
	@for program in faults walk device pair; do \
		$(CC) -O2 -Wall -Wextra -Iuapi -o $(tests)/bench/$$program \
			selftests/bench/$$program.c || exit; \
	done
	@for kernel in $(BENCH); do \
		$(VM)/run.sh $$kernel --icount --timeout 1800 -- \
			selftests/bench/tracer && \
		$(VM)/run.sh $$kernel --icount --timeout 1800 --load -- \
			selftests/bench/top && \
		$(VM)/run.sh $$kernel --icount --timeout 1800 --load -- \
			build/selftests/bench/walk && \
		$(VM)/run.sh $$kernel --icount --timeout 1800 --load -- \
			build/selftests/bench/device \
			build/$$kernel/textbook/textbook.ko && \
		$(VM)/run.sh $$kernel --load -- build/selftests/bench/pair \
			build/$$kernel/textbook/textbook.ko || exit; \
	done

bench-program: deps userspace ## Measure report with FAULTS=10000000 recorded faults
	@$(MAKE) modules KERNEL=$(firstword $(KERNELS))
	@selftests/vm/deps.sh trace-cmd
	@selftests/bench/program $(firstword $(KERNELS)) $(FAULTS)

bench-growth: userspace ## Measure how the program's time grows with VMAs and tasks
	@selftests/bench/growth

bench-latency: deps userspace ## Measure the latency of real-time tasks during faults
	@$(MAKE) modules KERNEL=$(rt)
	@mkdir -p $(tests)/bench
	@$(CC) -O2 -Wall -Wextra -o $(tests)/bench/storm selftests/bench/storm.c
	@$(VM)/run.sh $(rt) --icount --timeout 1800 --load -- selftests/bench/latency

fuzz: deps userspace selftests ## Fuzz each command that reads a recording (SECONDS=600)
	@$(MAKE) modules KERNEL=$(firstword $(KERNELS))
	@selftests/fuzz/fuzz.sh $(firstword $(KERNELS)) $(SECONDS)

# fuzz-ioctl runs on the debug kernel, unless KERNEL is given.
fuzz-ioctl: deps userspace ## Fuzz the device, guided by KCOV (SECONDS=600, SEED=N)
	@SEED=$(SEED) selftests/fuzz/ioctl.sh \
		$(or $(KERNEL),$(debug)) $(SECONDS)

coverage: deps ## Print how many lines the tests execute, by folder (TESTS=)
	@TESTS="$(TESTS)" $(VM)/coverage.sh $(firstword $(KERNELS)) $(debug)

mutants: deps ## Check that the tests notice mutants (AREA="story ...", GUEST=0)
	@selftests/mutants/run.sh "$(BENCH)" $(AREA)

readme: ## Write the results of make check for each kernel into README.md
	@$(VM)/readme.sh

excerpts: ## Record the traces in README.md and in the manual again
	@$(VM)/readme.sh --excerpts

deps: ## Install the packages that builds and tests need, by apt
	@$(VM)/deps.sh

clean: ## Remove build/
	rm -rf build

help: ## Show this list
	@sed -n 's/^\([a-z_.-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 17
