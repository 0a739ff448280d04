VERSION := 0.1.0
#
# The whole build of lxcbox: one static program of our own sources, musl, libseccomp and Lua.
#
#   make            build/lxcbox as shipped, and build/lxcbox.debug, the same with symbols
#   make install    the program, its lxc-* links and its manual: DESTDIR= PREFIX=/usr
#   make demo       the life of a container, command by command
#   make check      all tests; TESTS=cmd/wait picks those with that in their path
#   make lint       format, static analysis, both compilers, the house rules
#   make size       what each part costs, and whether the whole is small enough
#   make fuzz       FUZZ_SECONDS=60 of inputs for tests/fuzz/conf.c that are made up as it goes
#   make clean      removes all but the downloads; make distclean those too
#
# demo, check, lint and fuzz first install, as root on Debian, the tools they need and do not find.
# V=1 shows the commands, -j2 uses two processors. Another machine, another compiler, no
# link-time optimisation:
#
#   make BUILD=build-arm64 CROSS_COMPILE=aarch64-linux-gnu-
#   make BUILD=build-clang CC=clang
#   make BUILD=build-quick LTO=

BUILD   := build
PREFIX  ?= /usr
MANDIR  ?= $(PREFIX)/share/man
MAXSIZE := 716800
HOSTCC  ?= gcc
STRIP   ?= $(CROSS_COMPILE)strip
# Not make's own "cc" and "ar".
ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)gcc
endif
ifeq ($(origin AR),default)
AR := $(CROSS_COMPILE)ar
endif

.SUFFIXES:
.DELETE_ON_ERROR:
.PHONY: all install demo check lint size fuzz clean distclean

Q   := $(if $(V),,@)
say  = $(if $(V),,$(info $1 $2))
goal := $(or $(MAKECMDGOALS),all)

all: $(BUILD)/lxcbox

# `make clean` may remove all that is in BUILD.
$(if $(filter-out $(CURDIR) /,$(abspath $(BUILD))),,$(error BUILD has to be a directory of its own))

clean:
	$(if $(wildcard $(BUILD)/dl),rm -rf $(filter-out $(BUILD)/dl,$(wildcard $(BUILD)/*)))

distclean:
	$(if $(wildcard $(BUILD)/dl),rm -rf $(BUILD))

# ---- Tools and sources --------------------------------------------------------------------------
#
# make first makes the files it includes, then starts over. So the rest of this file is read when
# the tools are there and the sources unpacked, and not at all to clean.

ifneq ($(filter-out clean distclean,$(goal)),)

setups := $(patsubst %,$(BUILD)/setup-%,$(filter demo check lint fuzz,$(goal)))
first  := $(strip $(BUILD)/sources.mk $(setups))
include $(first)

$(BUILD)/setup-%: .ci/setup
	@.ci/setup $*
	@mkdir -p $(@D) && touch $@

# Says where the sources are: MUSL, LIBSECCOMP and LUA.
$(BUILD)/sources.mk: .ci/sources | $(setups)
	@.ci/fetch $(BUILD)/dl
	@for file in $$(awk '!/^#/ { print $$2 }' $<); do \
		tar -xzf $(BUILD)/dl/$$file -C $(BUILD) || exit; \
	done
	@awk '!/^#/ { dir = name = $$2; sub(/\.tar.*/, "", dir); sub(/-.*/, "", name); \
		print toupper(name) " := $(BUILD)/" dir }' $< > $@

endif
ifeq ($(or $(first),never),$(wildcard $(first)))

# ---- Flags --------------------------------------------------------------------------------------

compiler := $(shell $(CC) --version 2>&1)
ifneq ($(.SHELLSTATUS),0)
$(error no compiler $(CC): `.ci/setup build`, as root, installs one)
endif

# $(call try,COMPILER,FLAG): the flag, if the compiler knows it.
try = $(shell $1 -Werror $2 -c -o /dev/null -xc /dev/null 2>/dev/null && echo '$2')

# Small: no function that nothing calls, no tables for unwinding, which C never does.
lean := -Os -ffunction-sections -fdata-sections -fno-unwind-tables -fno-asynchronous-unwind-tables

# Hard to break into; no check of ours optimised away. _FORTIFY_SOURCE needs glibc, clang 14 a vow.
zero   := -ftrivial-auto-var-init=zero
vow    := -enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang
harden  = -fPIE -fstack-protector-strong $(call try,$1,-fstack-clash-protection) \
	$(call try,$1,-fcf-protection) $(or $(call try,$1,$(zero)),$(call try,$1,$(zero) $(vow))) \
	-fno-common -fno-delete-null-pointer-checks -fno-strict-overflow

# The same bytes from any directory, into any directory, on any day.
fixed := -fdebug-prefix-map=$(CURDIR)=. -fmacro-prefix-map=$(BUILD)/= -Werror=date-time

# gcc optimises our code, Lua and libseccomp as one. "Fat" objects hold plain code, too: for the
# tests, for `make size`, for readelf. clang's would need clang's own linker, so clang does without.
LTO := $(if $(findstring clang,$(compiler)),,-flto=auto -ffat-lto-objects)

warn := -Wall -Wextra -Wshadow -Wvla -Wundef -Wformat=2 -Wcast-qual -Wstrict-prototypes \
	-Wmissing-prototypes -Wframe-larger-than=8192 -Wno-unused-parameter
ifneq ($(or $(WERROR),$(filter check lint,$(goal))),)
error := -Werror
endif

# A header of ours is found by its name alone or as "config/conf.h". -iquote, not -I: only #include
# with "" looks there, so that runtime/seccomp.h does not hide libseccomp's <seccomp.h>.
quote := -iquote . -iquote runtime -iquote config -iquote hooks -iquote commands
libs  := -isystem $(LIBSECCOMP)/include -isystem $(LUA)/src -DLUAI_MAXCCALLS=160

# musl's headers, the compiler's own, and no complaint of clang's about macros in musl's.
libc = -nostdinc -isystem $(BUILD)/include -isystem $(shell $1 -print-file-name=include) \
	$(if $(findstring clang,$1),-Wno-cast-qual -Wno-sign-compare)

codegen = -g $(lean) $(call harden,$1) $(fixed)
ours    = -std=gnu11 -D_GNU_SOURCE -DVERSION='"$(VERSION)"' $(quote) $(libs) $(warn)
theirs  = -std=c11 -D_GNU_SOURCE -I$(BUILD)/libseccomp $(libs) -w

flags   := $(call codegen,$(CC))
cc_ours := $(CC) $(ours) $(call libc,$(CC)) $(flags) $(LTO)
cc_libs := $(CC) $(theirs) $(call libc,$(CC)) $(flags) $(LTO)

# What musl's configure would choose, and a stack protector.
cc_musl := $(CC) -std=c99 -ffreestanding -nostdinc -D_XOPEN_SOURCE=700 -w $(lean) $(fixed) \
	-fPIE -fstack-protector-strong $(call try,$(CC),-fstack-clash-protection) \
	$(call try,$(CC),-fexcess-precision=standard) $(call try,$(CC),-frounding-math) \
	-fno-strict-aliasing -fomit-frame-pointer -Wa,--noexecstack

# -static-pie in the linker's words, which mean the same to every compiler. Packed, the relative
# relocations of our tables take a bit each instead of 24 bytes, where the linker can do that.
link := $(CC) -nostdlib -static -Wl,-pie,--no-dynamic-linker,--gc-sections,-O1,--build-id=none \
	-Wl,--hash-style=gnu,-z,relro,-z,now,-z,text,-z,noexecstack,--fatal-warnings
pack := -Wl,-z,pack-relative-relocs
link += $(shell echo 'void _start(void) {}' | $(link) $(pack) -fPIE -o /dev/null -xc - 2>/dev/null \
	&& echo $(pack)) $(flags)

# The sanitizers need the machine's own libc, so all but musl is compiled a second time.
cc_asan := $(HOSTCC) -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer $(fixed) -DLUAI_ASSERT -DLUA_USE_APICHECK

# $(call stamp,FILE,TEXT) changes FILE when TEXT is another one: what depends on it is made anew.
stamp = $(if $(subst x$(file <$1),,x$2),$(file >$1,$2))
$(call stamp,$(BUILD)/flags,$(cc_ours) / $(cc_libs))
$(call stamp,$(BUILD)/flags-musl,$(cc_musl) $(ARCH) $(KERNEL_HEADERS))
$(call stamp,$(BUILD)/flags-asan,$(cc_asan) $(ours))

# The fuzzer is clang's, which counts where our code goes and brings a main() of its own. It does
# not watch comparisons, too: a key is compared with all there are, and the time better spent.
cc_fuzz := clang -O2 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all \
	-fno-sanitize-coverage=trace-cmp -fno-omit-frame-pointer $(fixed)
$(call stamp,$(BUILD)/flags-fuzz,$(cc_fuzz) $(ours))

# $(call compile,COMMAND)
define compile
@mkdir -p $(@D)
$(Q)$1 -c -o $@ $<
endef

# ---- musl and the kernel's headers --------------------------------------------------------------

# musl's name for the machine, from the compiler's.
ARCH ?= $(shell $(CC) -dumpmachine | \
	sed 's/-.*//; s/^i.86/i386/; s/^arm.*/arm/; s/^\(mips\|mips64\|powerpc64\)\(el\|le\)$$/\1/')

# One directory with libc's headers, two of them made as musl's own Makefile makes them, and links
# to the kernel's, wherever this compiler finds those; it looks into KERNEL_HEADERS= first.
kernel = $(sort $(filter %/linux/ %/asm/ %/asm-generic/,$(dir $(shell $(CC) \
	$(patsubst %,-isystem %,$(abspath $(KERNEL_HEADERS))) \
	-include linux/types.h -M -xc /dev/null))))
include := $(BUILD)/include/ready

$(include): $(BUILD)/sources.mk $(BUILD)/flags-musl
	$(Q)rm -rf $(@D) && cp -R $(MUSL)/include $(@D) && mkdir $(@D)/bits
	$(Q)cp $(MUSL)/arch/generic/bits/* $(@D)/bits
	$(Q)cp $(MUSL)/arch/$(ARCH)/bits/* $(@D)/bits
	$(Q)sed -f $(MUSL)/tools/mkalltypes.sed $(MUSL)/arch/$(ARCH)/bits/alltypes.h.in \
		$(MUSL)/include/alltypes.h.in > $(@D)/bits/alltypes.h
	$(Q)sed -n 'p; s/__NR_/SYS_/p' $(MUSL)/arch/$(ARCH)/bits/syscall.h.in > $(@D)/bits/syscall.h
	$(Q)ln -s $(or $(kernel:%/=%),$(error no kernel headers; see KERNEL_HEADERS)) $(@D)
	$(Q)touch $@

# Left out: iconv, for CVE-2025-26519, and what is of no use here. A file for this machine, in
# src/*/ARCH/, takes the place of the portable one of its name.
unused := src/locale/iconv% src/internal/version.c src/complex/% src/crypt/% src/legacy/% \
	src/aio/% src/ipc/% src/mq/%
musl_c := $(wildcard $(MUSL)/src/*/*.c $(MUSL)/src/malloc/mallocng/*.c)
musl_c := $(filter-out $(unused),$(musl_c:$(MUSL)/%=%))
native := $(basename $(patsubst $(MUSL)/%,%,$(wildcard $(MUSL)/src/*/$(ARCH)/*.[csS])))
musl_o := $(sort $(native) $(filter-out $(subst /$(ARCH)/,/,$(native)),$(basename $(musl_c))))
libc_a := $(BUILD)/musl/rcrt1.o $(BUILD)/musl/libc.a

# These run before the stack protector is set up; these the compiler would have call themselves.
early  := $(addprefix %/,rcrt1.o __libc_start_main.o __init_tls.o __stack_chk_fail.o \
	__set_thread_area.o memset.o memcpy.o)
memops := $(addprefix %/,memcpy.o memmove.o memcmp.o memset.o)
noloop := $(call try,$(CC),-fno-tree-loop-distribute-patterns)

compile_musl = $(call compile,$(cc_musl) $(patsubst %,-I$(MUSL)/%,arch/$(ARCH) arch/generic \
	src/include src/internal) -I$(BUILD)/include \
	$(if $(filter $(early),$@),-fno-stack-protector) \
	$(if $(filter $(memops),$@),$(noloop)) $1)

$(BUILD)/musl/%.o: $(MUSL)/%.c $(BUILD)/flags-musl $(include)
	$(compile_musl)
$(BUILD)/musl/%.o: $(MUSL)/%.s $(BUILD)/flags-musl $(include)
	$(compile_musl)
$(BUILD)/musl/%.o: $(MUSL)/%.S $(BUILD)/flags-musl $(include)
	$(compile_musl)
$(BUILD)/musl/rcrt1.o: $(MUSL)/crt/rcrt1.c $(BUILD)/flags-musl $(include)
	$(call compile_musl,-fPIC -DCRT)

$(BUILD)/musl/libc.a: $(musl_o:%=$(BUILD)/musl/%.o)
	$(call say,  AR   ,$@)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

# ---- libseccomp and Lua -------------------------------------------------------------------------

seccomp_c := $(filter-out %/arch-syscall-dump.c,$(sort $(wildcard $(LIBSECCOMP)/src/*.c)))
lua_c     := $(filter-out %/lua.c %/luac.c,$(sort $(wildcard $(LUA)/src/*.c)))
libs_o    := $(patsubst $(LIBSECCOMP)/src/%.c,$(BUILD)/libseccomp/%.o,$(seccomp_c)) \
	$(patsubst $(LUA)/src/%.c,$(BUILD)/lua/%.o,$(lua_c))


# All that libseccomp wants to know from its configure.
configure := $(BUILD)/libseccomp/configure.h
$(configure): $(include)
	@mkdir -p $(@D)
	$(Q)echo '#define HAVE_LINUX_SECCOMP_H 1' > $@

$(BUILD)/libseccomp/%.o: $(LIBSECCOMP)/src/%.c $(configure) $(BUILD)/flags
	$(call compile,$(cc_libs))
$(BUILD)/lua/%.o: $(LUA)/src/%.c $(BUILD)/flags $(include)
	$(call compile,$(cc_libs))

# ---- The program --------------------------------------------------------------------------------

# A source that is gone changes flags-link.
ours_c := $(sort $(wildcard runtime/*.c config/*.c hooks/*.c commands/*.c))
objs   := $(ours_c:%.c=$(BUILD)/%.o) $(libs_o)
$(call stamp,$(BUILD)/flags-link,$(link) $(objs))

# $(call link_o,FLAGS): the objects and the C library it is made from.
link_o = $(Q)$(link) $1 -o $@ $(filter %.o,$^) $(filter %.a,$^) -lgcc $(filter %.a,$^)

$(BUILD)/%.o: %.c $(BUILD)/flags $(include)
	$(call say,  CC   ,$<)
	$(call compile,$(cc_ours) $(error) -MMD -MP)

# Lua's one false alarm at this stage; ours came when the objects were made.
$(BUILD)/lxcbox.debug: $(BUILD)/main.o $(objs) $(libc_a) $(BUILD)/flags-link
	$(call say,  LINK ,$@)
	$(call link_o,$(LTO) -Wno-maybe-uninitialized)

$(BUILD)/lxcbox: $(BUILD)/lxcbox.debug
	$(call say,  STRIP,$@)
	$(Q)$(STRIP) -s -R .comment -o $@ $<

# Linked without link-time optimisation, for a map in which every byte has an owner.
$(BUILD)/plain: $(BUILD)/main.o $(objs) $(libc_a) $(BUILD)/flags-link
	$(call link_o,-fno-lto -Xlinker -Map=$@.map)

size: $(BUILD)/lxcbox $(BUILD)/plain
	@.ci/size build=$(BUILD) total=$$(stat -c %s $<) max=$(MAXSIZE) $(BUILD)/plain.map

# The program knows the names of its links and its manual, so a cross-built one has to make them
# where it runs.
bindir := $(DESTDIR)$(PREFIX)/bin
mandir := $(DESTDIR)$(MANDIR)
install: all
	install -D -m 755 $(BUILD)/lxcbox $(bindir)/lxcbox
	install -D -m 644 -t $(mandir)/man1 doc/lxcbox.1
ifeq ($(CROSS_COMPILE),)
	$(bindir)/lxcbox --install $(bindir)
	@install -d $(mandir)/man5
	@for name in $$($(bindir)/lxcbox --list); do \
		$(bindir)/lxcbox --manual $$name > $(mandir)/man1/$$name.1 || exit; \
	done
	@for name in lxc.container.conf lxc.system.conf; do \
		$(bindir)/lxcbox --manual $$name > $(mandir)/man5/$$name.5 || exit; \
	done
else
	# lxcbox --install $(PREFIX)/bin
endif

demo: all
	@.ci/demo $(BUILD)

# ---- Tests --------------------------------------------------------------------------------------
#
# A unit test is a program: tests/unit/NAME.c and all our objects but main.o. It is made twice, as
# shipped and with the sanitizers. All tests print TAP; BUILD, LXCBOX and LXCBOX_ASAN in their
# environment say where things are. `make check LXCBOX=build/asan/lxcbox TESTS=cmd` works, too.

units  := $(patsubst %.c,%,$(sort $(wildcard tests/unit/*.c)))
units  := $(addprefix $(BUILD)/,$(units)) $(addprefix $(BUILD)/asan/,$(units))
tests  := $(units) $(sort $(wildcard tests/cmd/*.t tests/live/*.t))
picked := $(strip $(foreach part,$(or $(basename $(TESTS)),/), \
	$(foreach test,$(tests),$(if $(findstring $(part),$(test)),$(test)))))

LXCBOX := $(BUILD)/lxcbox
prove   = BUILD=$(abspath $(BUILD)) LXCBOX=$(abspath $(LXCBOX)) \
	LXCBOX_ASAN=$(abspath $(BUILD)/asan/lxcbox) MAKEFLAGS= prove --exec ''

check: all $(BUILD)/asan/lxcbox $(filter $(units),$(picked))
	@$(if $(picked),$(prove) $(picked),echo "no tests $(TESTS)"; test -z "$(TESTS)")

asan_units := $(filter $(BUILD)/asan/%,$(units))
asan_objs  := $(objs:$(BUILD)/%=$(BUILD)/asan/%)

$(filter-out $(asan_units),$(units)): %: %.o $(objs) $(libc_a)
	$(call say,  LINK ,$@)
	$(call link_o,-fno-lto)

$(BUILD)/asan/lxcbox: $(BUILD)/asan/main.o
$(asan_units): %: %.o
$(asan_units) $(BUILD)/asan/lxcbox: $(asan_objs) $(BUILD)/flags-link
	$(call say,  LINK ,$@)
	$(Q)$(cc_asan) -o $@ $(filter %.o,$^) -lm

$(BUILD)/asan/%.o: %.c $(BUILD)/flags-asan
	$(call say,  ASAN ,$<)
	$(call compile,$(cc_asan) $(filter-out -Wframe%,$(ours)) $(error) -MMD -MP)
$(BUILD)/asan/libseccomp/%.o: $(LIBSECCOMP)/src/%.c $(configure) $(BUILD)/flags-asan
	$(call compile,$(cc_asan) $(theirs))
$(BUILD)/asan/lua/%.o: $(LUA)/src/%.c $(BUILD)/flags-asan
	$(call compile,$(cc_asan) $(theirs))

# ---- Fuzzing ------------------------------------------------------------------------------------
#
# tests/fuzz/conf.c says what an input is and what has to hold. What is found stays in the build
# directory: the inputs that led somewhere new, and those that broke something.

FUZZ_SECONDS ?= 60
fuzz   := $(BUILD)/fuzz
base   := fail file log names str
fuzz_o := $(patsubst %.c,$(fuzz)/%.o,$(filter config/%,$(ours_c)) $(base:%=runtime/%.c) \
	$(wildcard tests/fuzz/*.c))
seeds  := $(wildcard tests/data/conf tests/fuzz/seeds)

$(fuzz)/%.o: %.c $(BUILD)/flags-fuzz
	$(call say,  FUZZ ,$<)
	$(call compile,$(cc_fuzz) $(filter-out -Wframe%,$(ours)) $(error) -MMD -MP)

$(fuzz)/conf: $(fuzz_o)
	$(call say,  LINK ,$@)
	$(Q)$(cc_fuzz) -fsanitize=fuzzer -o $@ $^

# Every key, as an interface, a limit or the like of that name would be set, and words of values.
$(fuzz)/words: tests/fuzz/words $(BUILD)/lxcbox
	$(Q)$(BUILD)/lxcbox config --list | sed -n -e 's/\[\]/0/; s/^\(lxc\.[^ *]*\).*/"\1"/p' \
		-e '/^ *before LXC 3: /!d; s///; s/\*//g; s/, /"\n"/g; s/.*/"&"/p' | cat $< - > $@

fuzz: $(fuzz)/conf $(fuzz)/words
	@mkdir -p $(fuzz)/corpus
	@cd $(fuzz) && ./conf -max_total_time=$(FUZZ_SECONDS) -max_len=65536 -timeout=10 \
		-rss_limit_mb=2048 -print_final_stats=1 -dict=$(abspath $(fuzz))/words \
		-artifact_prefix=$(abspath $(fuzz))/ $(abspath $(fuzz)/corpus $(seeds)) \
		> log 2>&1 || { grep -v '^#' log | tail -n 60; exit 1; }
	@sed -n -e 's/.*DONE *\(cov: .*\) corp.*/\1/p' \
		-e 's/^stat::number_of_executed_units: */executions: /p' $(fuzz)/log

# ---- Lint ---------------------------------------------------------------------------------------
#
# commands/list.h is a table that takes its form from its reader; every other header stands alone.

lint_c := main.c $(ours_c) $(sort $(wildcard tests/unit/*.c tests/fuzz/*.c))
lint_h := $(sort $(wildcard runtime/*.h config/*.h hooks/*.h commands/*.h tests/*.h))
lint_h := $(filter-out commands/list.h,$(lint_h))
linted := $(patsubst %,$(BUILD)/lint/%,$(lint_c) $(lint_h))
pages  := $(wildcard doc/*.[157])

ifneq ($(filter lint,$(goal)),)
clang_flags := $(ours) $(call libc,clang) $(call codegen,clang) -Werror
endif
lint_cc = $(filter-out $(LTO),$(cc_ours)) -Werror -MMD -MP -MF $@.d -MT $@

lint: all $(linted)
	shellcheck -x -P SCRIPTDIR:tests $$(grep -l '^#!/bin/sh' .ci/*) \
		$(wildcard tests/*.sh tests/*/*.t)
	$(if $(pages),mandoc -T lint -W warning $(pages))
	@$(if $(wildcard tests/lint/*.t),$(prove) $(sort $(wildcard tests/lint/*.t)))

$(BUILD)/lint/%.c: %.c .clang-format .ci/clang-tidy $(BUILD)/flags $(include)
	$(call say,  LINT ,$<)
	@mkdir -p $(@D)
	$(Q)clang-format --dry-run -Werror $<
	$(Q)$(lint_cc) -c -o $@.o $<
	$(Q)clang $(clang_flags) -c -o $@.o $<
	$(Q)clang-tidy --quiet --config-file=.ci/clang-tidy $< -- $(clang_flags) 2> $@.log || \
		{ cat $@.log; false; }
	$(Q)cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability \
		--inline-suppr --suppress=missingInclude --suppress=internalAstError \
		-D__linux__ $(subst -iquote ,-I,$(quote)) $<
	@touch $@

$(BUILD)/lint/%.h: %.h .clang-format $(BUILD)/flags $(include)
	$(call say,  LINT ,$<)
	@mkdir -p $(@D)
	$(Q)clang-format --dry-run -Werror $<
	$(Q)echo '#include "$<"' | $(lint_cc) -fsyntax-only -xc -
	$(Q)echo '#include "$<"' | clang $(clang_flags) -fsyntax-only -xc -
	@touch $@

-include $(patsubst %.o,%.d,$(BUILD)/main.o $(BUILD)/asan/main.o $(objs) $(asan_objs) $(fuzz_o)) \
	$(addsuffix .d,$(units) $(linted))

endif
