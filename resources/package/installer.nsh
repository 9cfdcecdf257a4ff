; The `pilothouse` command: a short file in the folder that Windows has on every user's PATH. PATH itself is left alone,
; because an installer that writes it can cut it off.
!macro customInstall
  CreateDirectory "$LOCALAPPDATA\Microsoft\WindowsApps"
  File "/oname=$LOCALAPPDATA\Microsoft\WindowsApps\pilothouse.cmd" "${PROJECT_DIR}\resources\package\pilothouse-on-path.cmd"
!macroend

!macro customUnInstall
  Delete "$LOCALAPPDATA\Microsoft\WindowsApps\pilothouse.cmd"
!macroend
