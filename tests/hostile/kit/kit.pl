# System calls and tricks that Node has no name for. One command per run: perl kit.pl <command> <arguments>
use strict;
use warnings;
use POSIX ();

$| = 1;
my $machine = (POSIX::uname())[4];
my %numbers = $machine eq "aarch64"
  ? (ptrace => 117, process_vm_readv => 270, pidfd_open => 434, pidfd_getfd => 438, mount => 40, umount2 => 39,
     unshare => 97, setns => 268, chroot => 51, clock_settime => 112, keyctl => 219, bpf => 280, setpriority => 140,
     perf_event_open => 241, syslog => 116, renameat2 => 276, prlimit64 => 261, mknodat => 33, sethostname => 161,
     io_uring_setup => 425, userfaultfd => 282, sched_setaffinity => 122, ioprio_set => 30, swapon => 224,
     reboot => 142, init_module => 105, open_by_handle_at => 265, personality => 92, kcmp => 272, add_key => 217)
  : (ptrace => 101, process_vm_readv => 310, pidfd_open => 434, pidfd_getfd => 438, mount => 165, umount2 => 166,
     unshare => 272, setns => 308, chroot => 161, clock_settime => 227, keyctl => 250, bpf => 321, setpriority => 141,
     perf_event_open => 298, syslog => 103, renameat2 => 316, prlimit64 => 302, mknodat => 259, sethostname => 170,
     io_uring_setup => 425, userfaultfd => 323, sched_setaffinity => 203, ioprio_set => 251, swapon => 167,
     reboot => 169, init_module => 175, open_by_handle_at => 304, personality => 135, kcmp => 312, add_key => 248);

sub call {
  my ($name, @args) = @_;
  # Perl hands texts over as pointers and numbers as numbers.
  my @given = map { /^-?\d+$/ ? $_ + 0 : $_ eq "NULL" ? 0 : "$_" } @args;
  $! = 0;
  my $answer = syscall($numbers{$name}, @given);
  return ($answer, $! + 0, "$!");
}

my %commands = (
  call => sub {
    my ($name, @args) = @_;
    my ($answer, undef, $why) = call($name, @args);
    print "$name = $answer ($why)\n";
  },
  # The ids of the process it became, and whether one of them is root's.
  ids => sub { print "ids $< $> $( $)\n"; print "REACHED euid 0\n" if $> == 0 && $_[0] eq "real"; },
  # Swaps two names in one step, over and over.
  exchange => sub {
    my ($left, $right, $seconds) = @_;
    my $until = time + $seconds;
    my ($swaps, $why) = (0, "");
    while (time < $until) {
      for (1 .. 20) {
        my ($answer, undef, $said) = call("renameat2", -100, $left, -100, $right, 2);
        if ($answer == 0) { $swaps++ } else { $why = $said }
      }
      # The copying process has to get on as well, or there is nothing to race against.
      select(undef, undef, undef, 0.0003);
    }
    print "exchanged $swaps times ($why)\n";
  },
  descriptors => sub {
    opendir(my $dir, "/proc/self/fd") or die;
    for my $fd (sort { $a <=> $b } grep { /^\d+$/ } readdir $dir) {
      my $to = readlink("/proc/self/fd/$fd") // next;
      next if $to =~ m{^/proc/\d+/fd$} || $to =~ m{/kit\.pl$};
      print "fd $fd -> $to\n";
      # A descriptor of nothing is how one that was left open is covered.
      print "REACHED an inherited descriptor $fd: $to\n" if $fd > 2 && $to ne "/dev/null";
    }
  },
  # Namespaces of one's own, everything taken off that can be, and then a look around.
  unmount => sub {
    my (@paths) = @_;
    my ($answer, undef, $why) = call("unshare", 0x10000000 | 0x00020000);
    print "unshare = $answer ($why)\n";
    # Without a namespace of its own this would be the host's: an attack that failed at its first step.
    return if $answer < 0;
    if (open(my $map, ">", "/proc/self/uid_map")) { print $map "0 $> 1"; close $map }
    open(my $mounts, "<", "/proc/self/mounts") or die;
    my @points = map { (split)[1] } <$mounts>;
    my $off = 0;
    for my $point (reverse @points) { $off++ if (call("umount2", $point, 2))[0] == 0 }
    print "unmounted $off of " . scalar(@points) . "\n";
    show($_) for @paths;
    my ($proc) = call("mount", "proc", "/proc", "proc", 0, "NULL");
    my ($bind) = call("mount", "/", "/mnt", "NULL", 4096 | 16384, "NULL");
    print "mount proc = $proc, bind = $bind\n";
    show($_) for @paths, map { "/mnt$_" } @paths;
  },
  # The classic way out of chroot: a descriptor of the old root kept while the root moves below.
  breakout => sub {
    my (@paths) = @_;
    return if (call("unshare", 0x10000000 | 0x00020000))[0] < 0;
    opendir(my $outside, ".") or die;
    mkdir "below"; 
    my ($answer, undef, $why) = call("chroot", "below");
    print "chroot = $answer ($why)\n";
    chdir $outside;
    chdir ".." for 1 .. 60;
    call("chroot", ".");
    show($_) for @paths;
  },
  setns => sub {
    my ($pid, @paths) = @_;
    for my $kind (qw(user mnt pid net ipc uts cgroup)) {
      open(my $ns, "<", "/proc/$pid/ns/$kind") or do { print "ns $kind: $!\n"; next };
      my ($answer, undef, $why) = call("setns", fileno($ns), 0);
      print "setns $kind = $answer ($why)\n";
    }
    show($_) for @paths;
  },
  # Descriptors of another process by way of its pidfd.
  descriptorsOf => sub {
    my ($pid) = @_;
    my ($pidfd, undef, $why) = call("pidfd_open", $pid, 0);
    print "pidfd_open = $pidfd ($why)\n";
    return if $pidfd < 0;
    print "REACHED a pidfd of a foreign process\n";
    for my $fd (0 .. 40) {
      my ($got) = call("pidfd_getfd", $pidfd, $fd, 0);
      print "REACHED descriptor $fd of a foreign process\n" if $got >= 0;
    }
  },
  clock => sub {
    # To the time it is: nothing changes where it succeeds.
    my ($answer, undef, $why) = call("clock_settime", 0, pack("qq", time, 0));
    print "clock_settime = $answer ($why)\n";
    print "REACHED the clock\n" if $answer == 0;
  },
  sharedMemory => sub {
    my ($key) = @_;
    my $id = shmget($key, 0, 0);
    print defined $id ? "segment $id\n" : "shmget: $!\n";
    return unless defined $id;
    my $text = "";
    shmread($id, $text, 0, 64) and print "LOOT segment: $text\n";
    shmwrite($id, "overwritten", 0, 11) and print "REACHED a foreign segment\n";
  },
  # For the harness: its own canaries.
  makeSegment => sub {
    my ($key, $text) = @_;
    my $id = shmget($key, 4096, 0600 | 01000) // die "shmget: $!";
    shmwrite($id, $text, 0, length $text);
  },
  removeSegment => sub { my $id = shmget($_[0], 0, 0); shmctl($id, 0, 0) if defined $id },
  removeLeft => sub {
    my ($key) = @_;
    my ($segment, $set, $queue) = (shmget($key, 0, 0), semget($key, 0, 0), msgget($key, 0));
    shmctl($segment, 0, 0) if defined $segment;
    semctl($set, 0, 0, 0) if defined $set;
    msgctl($queue, 0, 0) if defined $queue;
  },
  makeKey => sub { my ($name, $text) = @_; call("add_key", "user", $name, $text, length $text, -4) },
  removeKey => sub {
    my ($id) = call("keyctl", 10, -4, "user", $_[0], 0);
    call("keyctl", 9, $id, -4) if $id > 0;
  },
  leaveSharedMemory => sub {
    my ($key) = @_;
    my $id = shmget($key, 1 << 20, 0600 | 01000);
    print defined $id ? "left segment $id\n" : "shmget: $!\n";
    my $set = semget($key, 4, 0600 | 01000);
    my $queue = msgget($key, 0600 | 01000);
    print "left ", join(" ", map { $_ // "none" } $set, $queue), "\n";
  },
  keyring => sub {
    my ($name) = @_;
    for my $ring (-4, -5, -3) {
      my ($id) = call("keyctl", 10, $ring, "user", $name, 0);
      print "key in $ring: $id\n";
      next if $id < 0;
      my $buffer = "\0" x 256;
      my ($length) = call("keyctl", 11, $id, $buffer, 256);
      print "LOOT key: " . substr($buffer, 0, $length) . "\n" if $length > 0;
    }
  },
  # Listens beside another socket on the same port.
  reusePort => sub {
    my ($port, $seconds) = @_;
    require Socket;
    socket(my $socket, Socket::PF_INET(), Socket::SOCK_STREAM(), 0) or die "socket: $!";
    setsockopt($socket, Socket::SOL_SOCKET(), Socket::SO_REUSEADDR(), pack("l", 1));
    setsockopt($socket, Socket::SOL_SOCKET(), 15, pack("l", 1));
    my $bound = bind($socket, Socket::sockaddr_in($port, Socket::INADDR_ANY()));
    print $bound ? "bound\n" : "bind: $!\n";
    $bound &&= listen($socket, 8);
    return unless $bound;
    my $until = time + $seconds;
    $SIG{ALRM} = sub { exit 0 };
    alarm $seconds;
    while (accept(my $client, $socket)) { print $client "HTTP/1.0 200 OK\r\n\r\nTAKEN"; close $client }
  },
  # Forks until it is refused, at most so many; the children wait for their end.
  forkMany => sub {
    my ($most, $seconds) = @_;
    my $count = 0;
    my $until = time + $seconds;
    while ($count < $most && time < $until) {
      my $pid = fork;
      last unless defined $pid;
      if ($pid == 0) { sleep 60; POSIX::_exit(0) }
      $count++;
    }
    print "forked $count\n";
  },
  # A process of no parent, session, folder or environment of the component.
  daemon => sub {
    my ($name) = @_;
    exit 0 if fork;
    POSIX::setsid();
    exit 0 if fork;
    chdir "/";
    POSIX::close($_) for 0 .. 64;
    %ENV = ();
    $0 = $name;
    $SIG{$_} = "IGNORE" for qw(TERM HUP INT QUIT USR1 USR2);
    exec { "/bin/sh" } $name, "-c", "trap '' TERM HUP INT; while :; do sleep 1; done";
  },
  # Two processes that start each other again.
  pair => sub {
    my ($seconds) = @_;
    my $until = time + $seconds;
    exit 0 if fork;
    POSIX::setsid();
    $SIG{$_} = "IGNORE" for qw(TERM HUP INT);
    while (time < $until) {
      my $parent = $$;
      my $pid = fork // next;
      if ($pid == 0) {
        POSIX::setsid();
        select(undef, undef, undef, 0.01) while kill(0, $parent) && getppid == $parent && time < $until;
        next;
      }
      waitpid($pid, 0);
    }
  },
  # Calls process 1 of its namespace work of Rostrum's own, holds it by its debugger, and writes on in a file.
  hold => sub {
    my ($path, $seconds) = @_;
    if (($ENV{ROSTRUM_PROCESS} // "") ne "files") {
      $ENV{ROSTRUM_PROCESS} = "files";
      exec($^X, $0, "hold", $path, $seconds);
    }
    POSIX::setsid();
    $SIG{$_} = "IGNORE" for qw(TERM HUP INT);
    open(my $stat, "<", "/proc/1/stat") or die;
    my @fields = split / /, (split /\) /, join("", <$stat>))[-1];
    open(my $old, "<", "/proc/1/environ") or die;
    my $text = join "", <$old>;
    my $new = join "\0", "ROSTRUM_PROCESS=files", grep { !/^ROSTRUM_(PROCESS|KEY|LAUNCH)=/ } split /\0/, $text;
    if (open(my $memory, "+<", "/proc/1/mem")) {
      sysseek($memory, $fields[47], 0);
      my $wrote = syswrite($memory, substr($new . "\0" x length $text, 0, length $text));
      print "rewrote " . ($wrote // $!) . "\n";
    }
    my ($seized) = call("ptrace", 0x4206, 1, 0, 0);
    my ($halted) = call("ptrace", 0x4207, 1, 0, 0);
    print "seize = $seized, interrupt = $halted\n";
    for my $second (1 .. $seconds * 4) {
      if (open(my $file, ">", $path)) { print $file "$second\n"; close $file }
      select(undef, undef, undef, 0.25);
    }
  },
  zombies => sub {
    my ($count) = @_;
    my $made = 0;
    for (1 .. $count) {
      my $pid = fork;
      last unless defined $pid;
      POSIX::_exit(0) if $pid == 0;
      $made++;
    }
    print "zombies $made\n";
    sleep 30;
  },
);

sub show {
  my ($path) = @_;
  open(my $file, "<", $path) or do { print "denied $path: $!\n"; return };
  read($file, my $text, 4096);
  print "LOOT $path: " . ($text // "") . "\n";
}

my ($command, @rest) = @ARGV;
$commands{$command // ""} or die "no command\n";
$commands{$command}->(@rest);
