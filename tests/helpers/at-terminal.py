"""Runs a command at a pseudo terminal and answers it: at-terminal.py STEPS PROGRAM ARGS…; prints code and text as JSON."""
import fcntl, json, os, pty, select, struct, sys, termios

steps = json.loads(sys.argv[1])
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
said, since = b"", b""
while True:
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        piece = b""
    if piece == b"":
        break
    said += piece
    since += piece
    while steps and steps[0]["when"].encode() in since:
        step = steps.pop(0)
        if "size" in step:
            fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *step["size"], 0, 0))
        else:
            since = b""
        os.write(terminal, step["types"].encode())
_, status = os.waitpid(child, 0)
print(json.dumps({"code": os.waitstatus_to_exitcode(status), "said": said.decode(errors="replace")}))
